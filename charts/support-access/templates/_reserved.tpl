{{/* The reserved names, folded: those of the values, and those of the policy where its ConfigMap is read. Argument: root. */}}
{{- define "support-access.reserved" -}}
{{- $folded := list }}
{{- range .Values.reservedRoles.names }}
{{- $folded = append $folded (regexReplaceAll "[^a-z0-9]" (lower .) "" | squote) }}
{{- end }}
- name: reserved
  expression: >-
    [{{ join ", " $folded }}] + (params == null ? [] :
    (has(params.data) && 'reservedRoles' in params.data ? params.data['reservedRoles'] : '').split(' ').filter(one, one != ''))
{{- end }}

{{/*
Whether `name` is reserved, in CEL. Only ASCII can be folded there, so letters in other widths count as any letters, and a run of
others as any few: a letter that looks like another hides nothing.
*/}}
{{- define "support-access.isReserved" -}}
(name.lowerAscii().matches('[a-z0-9\\x{ff10}-\\x{ff5a}\\x{2460}-\\x{24e9}\\x{1d400}-\\x{1d7ff}]') &&
variables.reserved.exists(one, one.matches('^' + name.lowerAscii().findAll('[a-z0-9]+|[^\\x00-\\x7f]+').map(run,
run.matches('^[a-z0-9]+$') ? run : run.size() > 300 ? '.*' : run.matches('^[\\x{ff10}-\\x{ff5a}\\x{2460}-\\x{24e9}\\x{1d400}-\\x{1d7ff}]+$') ?
'.{' + string(run.size()) + '}' : '.{0,' + string(3 * run.size()) + '}').join('') + '$')))
{{- end }}

{{/*
A variable of CEL with the texts in some fields, and one with those that the old object had there: of a text itself, of a list of
texts, of a list of subjects as in RBAC. An account is spelled as the user that it is. Argument: dict name, fields (paths).
*/}}
{{- define "support-access.texts" -}}
{{- $fields := .fields }}
{{- range $name, $object := dict .name "object" (printf "%sBefore" .name) "oldObject" }}
{{- $lists := list }}
{{- range $fields }}
{{- $value := printf "dyn(%s).?%s.orValue([])" $object (splitList "." . | join ".?") }}
{{- $lists = append $lists (printf "(type(%s) == list ? %s : dyn([%s]))" $value $value $value) }}
{{- end }}
- name: {{ $name }}
  expression: >-
    {{- if $lists }}
    {{ $object }} == null ? [] : ({{ join " + " $lists }}).map(item, type(item) == string ? string(item) : type(item) != map ? '' :
    item.?namespace.orValue('') == '' || string(item.?name.orValue('')).startsWith('system:serviceaccount') ?
    string(item.?name.orValue('')) : 'system:serviceaccount:' + string(item.namespace) + ':' + string(item.?name.orValue('')))
    {{- else }}
    [].map(item, string(item))
    {{- end }}
{{- end }}
{{- end }}
