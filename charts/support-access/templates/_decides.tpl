{{/*
Which writes to our kinds wait for the deciding webhook: those that enable or widen, as the one list of fields in
crds/rules/widening/widening.ts says. Everything else must go through with all our processes dead. Argument: root.
*/}}
{{- define "support-access.decides" -}}
{{- $widening := .Files.Get "files/widening.json" | fromJson -}}
request.resource.resource == 'supportaccessgrants' ? ({{ $widening.SupportAccessGrant }})
: request.resource.resource == 'supportaccesspolicies' ? ({{ $widening.SupportAccessPolicy }})
: request.resource.resource == 'supportapplications' ? ({{ $widening.SupportApplication }})
: request.resource.resource == 'supportusers' ? (
  (!has(object.spec.access) || object.spec.access != 'Disabled') && (oldObject == null || object.spec != oldObject.spec))
: request.resource.resource == 'supportpermissionmatrices' ? request.operation == 'CREATE'
: request.resource.resource == 'supportaccesslocks' ? (request.operation == 'UPDATE' &&
  object.metadata.?annotations[?'supportaccess.dev/unlock-reason'] !=
  oldObject.metadata.?annotations[?'supportaccess.dev/unlock-reason'])
: false
{{- end }}

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
