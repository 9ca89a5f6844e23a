{{/* What the operator writes into the gateway's NetworkPolicy besides what the policy and the cluster say. Argument: root. */}}
{{- define "support-access.gatewayNetwork" -}}
{{- $given := .Values.networkPolicy.gateway }}
{{- $apiServer := $given.apiServer }}
{{- if eq $apiServer "auto" }}
{{- $apiServer = ternary "Ports" "Addresses" (.Capabilities.APIVersions.Has "cilium.io/v2") }}
{{- end }}
{{- $egress := $given.egress }}
{{- if .Values.webhook.hostNetwork }}
{{- /* no selector names a pod on the network of its node */}}
{{- $egress = append $egress (dict "ports" (list (dict "protocol" "TCP" "port" .Values.webhook.ports.records))) }}
{{- end }}
{{- dict
  "supportPort" .Values.gateway.ports.support
  "innerPort" .Values.gateway.ports.inner
  "healthPort" .Values.gateway.ports.health
  "recordsPort" .Values.webhook.ports.records
  "apiServer" $apiServer
  "metricsFrom" .Values.networkPolicy.metricsFrom
  "ingress" $given.ingress
  "egress" $egress | toJson }}
{{- end }}

{{/* One rule of ingress; without peers, everyone. Argument: dict from, ports. */}}
{{- define "support-access.admits" -}}
- ports:
    {{- range .ports }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with .from }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
