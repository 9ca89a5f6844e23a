{{/* Labels of every object. Argument: dict root, component. */}}
{{- define "support-access.labels" -}}
app.kubernetes.io/name: support-access
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: support-access
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
{{- with .root.Values.global.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* What a process's pods are found by. Argument: dict root, component. */}}
{{- define "support-access.selector" -}}
app.kubernetes.io/name: support-access
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The user name of a process of ours. Argument: dict root, component. */}}
{{- define "support-access.user" -}}
system:serviceaccount:{{ .root.Release.Namespace }}:support-access-{{ .component }}
{{- end }}

{{/* The image, with digest where one is given. Argument: root. */}}
{{- define "support-access.image" -}}
{{- $registry := .Values.global.imageRegistry | default .Values.image.registry -}}
{{- $name := ternary .Values.image.repository (printf "%s/%s" $registry .Values.image.repository) (empty $registry) -}}
{{- if .Values.image.digest -}}
{{ $name }}@{{ .Values.image.digest }}
{{- else -}}
{{ $name }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The kinds of ours that a reader needs, sessions and locks included. */}}
{{- define "support-access.allKinds" -}}
- supportaccesspolicies
- supportapplications
- supportaccessgrants
- supportusers
- supportpermissionmatrices
- supportsessions
- supportaccesslocks
{{- end }}

{{/* A binding of a role to a process of ours. Argument: dict root, component, role (kind), name, namespace. */}}
{{- define "support-access.binding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .role }}Binding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels:
    {{- include "support-access.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ .role }}
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: support-access-{{ .component }}
    namespace: {{ .root.Release.Namespace }}
{{- end }}
