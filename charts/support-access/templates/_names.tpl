{{/*
Labels of every object. What people give is put in, but for the keys by which Helm and the product find their objects.
Argument: dict root, component, also (more labels, which give way too).
*/}}
{{- define "support-access.labels" -}}
{{- $root := .root }}
{{- $fixed := dict
  "app.kubernetes.io/name" "support-access"
  "app.kubernetes.io/instance" $root.Release.Name
  "app.kubernetes.io/managed-by" $root.Release.Service }}
{{- with .component }}{{- $_ := set $fixed "app.kubernetes.io/component" . }}{{- end }}
{{- $usual := dict
  "app.kubernetes.io/version" $root.Chart.AppVersion
  "app.kubernetes.io/part-of" "support-access" }}
{{- include "support-access.pairs" (list $fixed (.also | default dict) $root.Values.global.commonLabels $usual) }}
{{- end }}

{{/* Annotations, where there are any. Argument: mapping. */}}
{{- define "support-access.annotations" -}}
{{- with include "support-access.pairs" (list .) -}}
annotations:
  {{- . | nindent 2 }}
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

{{/* The reader account of a user; crds/names.ts makes the same. Argument: the user's name. */}}
{{- define "support-access.readerName" -}}
support-access-reader-{{ . | sha256sum | trunc 32 }}
{{- end }}

{{/* The image, with digest where one is given. Argument: root. */}}
{{- define "support-access.image" -}}
{{- $registry := .Values.global.imageRegistry | default .Values.image.registry -}}
{{- $name := ternary .Values.image.repository (printf "%s/%s" $registry .Values.image.repository) (empty $registry) -}}
{{- if .Values.image.digest -}}
{{ $name }}@{{ .Values.image.digest }}
{{- else -}}
{{ $name }}:{{ include "support-access.text" .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end }}

{{/* The pull secrets of a pod. Argument: root. */}}
{{- define "support-access.pullSecrets" -}}
{{- $names := list }}
{{- range concat .Values.global.imagePullSecrets .Values.image.pullSecrets }}
{{- $names = append $names (kindIs "map" . | ternary . (dict "name" .)) }}
{{- end }}
{{- with uniq $names }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Which families of addresses a Service has. Argument: its values. */}}
{{- define "support-access.families" -}}
{{- $families := dict }}
{{- with .ipFamilyPolicy }}{{- $_ := set $families "ipFamilyPolicy" . }}{{- end }}
{{- with .ipFamilies }}{{- $_ := set $families "ipFamilies" . }}{{- end }}
{{- if $families }}{{ toYaml $families }}{{ end }}
{{- end }}

{{/* The port of admission: on the network of a node, 10250 is the kubelet's. Argument: root. */}}
{{- define "support-access.admissionPort" -}}
{{- $port := .Values.webhook.ports.admission | int }}
{{- and .Values.webhook.hostNetwork (eq $port 10250) | ternary 10260 $port }}
{{- end }}

{{/* The kinds of ours that a reader needs, sessions and locks included. A support case is read by its owner alone. */}}
{{- define "support-access.allKinds" -}}
- supportaccesspolicies
- supportapplications
- supportaccessgrants
- supportusers
- supportpermissionmatrices
- supportsessions
- supportaccesslocks
{{- end }}

{{/*
What opens anything and lies outside of the release namespace goes with it: a name of that namespace, made again by another
hand, would have the rights that are bound to its accounts. Only where the installer can read the namespace; `helm template`
cannot, nor the first installation with --create-namespace. Argument: root.
*/}}
{{- define "support-access.goesWithNamespace" -}}
{{- with lookup "v1" "Namespace" "" .Release.Namespace }}
ownerReferences:
  - apiVersion: v1
    kind: Namespace
    name: {{ .metadata.name }}
    uid: {{ .metadata.uid }}
{{- end }}
{{- end }}

{{/* A binding of a role to a process of ours. Argument: dict root, component, role (kind), name, namespace. */}}
{{- define "support-access.binding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .role }}Binding
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ quote . }}
  {{- else }}
  {{- with include "support-access.goesWithNamespace" .root }}
  {{- . | nindent 2 }}
  {{- end }}
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
    namespace: {{ .root.Release.Namespace | quote }}
{{- end }}
