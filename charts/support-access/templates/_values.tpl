{{/*
Fills in the default wherever a value is null or absent; each template begins with it. Helm drops a null here and passes it on
there (from a parent chart, by --set, with another major version), and a template must not be lost then. Argument: root.
*/}}
{{- define "support-access.fill" -}}
{{- if not (kindIs "map" .Values.global) }}{{- $_ := set .Values "global" dict }}{{- end }}
{{- include "support-access.fillSection" (dict "have" .Values "defaults" (.Files.Get "files/defaults.json" | fromJson)) }}
{{- end }}

{{/* Argument: dict have (a section of the values), defaults. */}}
{{- define "support-access.fillSection" -}}
{{- range $key, $default := .defaults }}
{{- $have := index $.have $key }}
{{- if hasKey $default "section" }}
{{- if not (kindIs "map" $have) }}
{{- $have = dict }}
{{- $_ := set $.have $key $have }}
{{- end }}
{{- include "support-access.fillSection" (dict "have" $have "defaults" $default.section) }}
{{- else if kindIs "invalid" $have }}
{{- $_ := set $.have $key (deepCopy $default.value) }}
{{- end }}
{{- end }}
{{- end }}

{{/* A scalar as text: Helm reads whole numbers as floating ones, and would write 20260101 as 2.0260101e+07. */}}
{{- define "support-access.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ toString . }}{{ end }}
{{- end }}

{{/*
One mapping of texts out of several, the first winning, so that no key stands there twice; null entries are left out.
Argument: list of mappings.
*/}}
{{- define "support-access.pairs" -}}
{{- $pairs := dict }}
{{- range . }}
{{- range $key, $value := . }}
{{- if not (or (hasKey $pairs $key) (kindIs "invalid" $value)) }}
{{- $_ := set $pairs $key (include "support-access.text" $value) }}
{{- end }}
{{- end }}
{{- end }}
{{- if $pairs }}{{ toYaml $pairs }}{{ end }}
{{- end }}

{{/* A mapping without its entries that are null or "", as YAML. */}}
{{- define "support-access.given" -}}
{{- $given := dict }}
{{- range $key, $value := . }}
{{- if not (or (kindIs "invalid" $value) (and (kindIs "string" $value) (eq $value ""))) }}
{{- $_ := set $given $key $value }}
{{- end }}
{{- end }}
{{- toYaml $given }}
{{- end }}
