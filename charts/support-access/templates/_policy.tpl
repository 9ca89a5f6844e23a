{{/* Puts a ValidatingAdmissionPolicy in force. Argument: dict root, name, suffix (of this binding's own name), action. */}}
{{- define "support-access.inForce" -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  name: {{ .name }}{{ .suffix | default "" }}
  labels:
    {{- include "support-access.labels" (dict "root" .root "component" "policies") | nindent 4 }}
spec:
  policyName: {{ .name }}
  validationActions: [{{ .action | default "Deny" }}]
{{- end }}

{{/*
Puts a policy that reads names in force twice: without the ConfigMap, so that it holds also where that is missing or was
deleted, and with it. Argument: dict root, name.
*/}}
{{- define "support-access.inForceWithNames" -}}
{{ include "support-access.inForce" . }}
---
{{ include "support-access.inForce" (dict "root" .root "name" .name "suffix" "-of-the-policy") }}
  {{- include "support-access.names" .root | nindent 2 }}
{{- end }}

{{/* The ConfigMap that the operator fills with names. Its absence never refuses a write. Argument: root. */}}
{{- define "support-access.names" -}}
paramRef:
  name: support-access-names
  namespace: {{ .Release.Namespace | quote }}
  parameterNotFoundAction: Allow
{{- end }}

{{/* The control plane's own controllers, which clean up after a deletion and must never be stopped from it. */}}
{{- define "support-access.cleaners" -}}
['system:kube-controller-manager', 'system:serviceaccount:kube-system:generic-garbage-collector', 'system:serviceaccount:kube-system:namespace-controller']
{{- end }}

{{/*
Whether a writer that the platform needs may write this account or Secret, in CEL: it makes none that looks like ours, and leaves of
ours the marks, owners and finalizers. Argument: root.
*/}}
{{- define "support-access.byPlatform" -}}
request.userInfo.username in [{{ range $at, $user := .Values.identities.writers }}{{ if $at }}, {{ end }}'{{ $user }}'{{ end }}] &&
(request.operation == 'CREATE' ?
object.metadata.?labels[?'app.kubernetes.io/managed-by'].orValue('') != 'support-access' :
object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) &&
object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([]) &&
(object.metadata.?labels.orValue({}).map(key, key) + oldObject.metadata.?labels.orValue({}).map(key, key)).all(key,
!(key == 'app.kubernetes.io/managed-by' || key.startsWith('supportaccess.dev/')) ||
object.metadata.?labels[?key] == oldObject.metadata.?labels[?key]) &&
(object.metadata.?annotations.orValue({}).map(key, key) + oldObject.metadata.?annotations.orValue({}).map(key, key)).all(key,
!key.startsWith('supportaccess.dev/') || object.metadata.?annotations[?key] == oldObject.metadata.?annotations[?key]))
{{- end }}

{{/* Matches in the namespace of the support identities only. Argument: root. */}}
{{- define "support-access.inIdentities" -}}
matchPolicy: Equivalent
namespaceSelector:
  matchLabels:
    kubernetes.io/metadata.name: {{ .Values.identities.namespace | quote }}
{{- end }}

{{/* Whether a write leaves labels, annotations, owners and finalizers as they were. */}}
{{- define "support-access.sameMetadata" -}}
>-
  object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({}) &&
  object.metadata.?annotations.orValue({}) == oldObject.metadata.?annotations.orValue({}) &&
  object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) &&
  object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([])
{{- end }}

{{/*
Matches writes of accounts and Secrets that change something. Encryption at rest is renewed, and storage migrated, by reading
every object and putting it back as it is; dyn, since neither kind has the fields of the other.
*/}}
{{- define "support-access.changes" -}}
- name: changes-something
  expression: >-
    request.operation != 'UPDATE' || !(
    object.metadata.?labels.orValue({}) == oldObject.metadata.?labels.orValue({}) &&
    object.metadata.?annotations.orValue({}) == oldObject.metadata.?annotations.orValue({}) &&
    object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) &&
    object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([]) &&
    ['secrets', 'imagePullSecrets', 'automountServiceAccountToken', 'type', 'data', 'immutable'].all(field,
    dyn(object)[?field] == dyn(oldObject)[?field]))
{{- end }}
