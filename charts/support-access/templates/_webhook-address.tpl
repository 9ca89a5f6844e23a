{{/* Where the API server finds the webhook. Argument: dict root, path (where a URL is given, its last segment). */}}
{{- define "support-access.webhookAddress" -}}
{{- if .root.Values.webhook.url -}}
url: {{ printf "%s/%s" (trimSuffix "/" .root.Values.webhook.url) .path | quote }}
{{- else -}}
service:
  namespace: {{ .root.Release.Namespace | quote }}
  name: support-access-webhook
  port: 443
{{- end }}
{{- end }}
