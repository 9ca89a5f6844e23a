/** What each shell reads to complete `kubectl-support_access`, and kubectl to complete `kubectl support-access`. */

/** THE list of shells; `kubectl` is the program that kubectl's own completion asks. */
export const shells = ['bash', 'zsh', 'fish', 'kubectl'] as const;

export type Shell = (typeof shells)[number];

const bash = `# bash: source <(kubectl support-access completion bash)
_kubectl_support_access() {
  local cur=\${COMP_WORDS[COMP_CWORD]} line
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :0) compopt -o default ;;
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(kubectl-support_access __complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _kubectl_support_access kubectl-support_access
`;

const zsh = `#compdef kubectl-support_access
# zsh: source <(kubectl support-access completion zsh)
_kubectl_support_access() {
  local -a found
  local line
  while IFS= read -r line; do
    case $line in
      :0) _files ;;
      :*) ;;
      *) found+=("\${line//$'\\t'/:}") ;;
    esac
  done < <(kubectl-support_access __complete -- "\${words[@]:1:$((CURRENT - 1))}" 2>/dev/null)
  _describe 'command' found
}
compdef _kubectl_support_access kubectl-support_access
`;

const fish = `# fish: kubectl support-access completion fish | source
function __kubectl_support_access
  set -l words (commandline -opc) (commandline -ct)
  set -l found (kubectl-support_access __complete -- $words[2..-1] 2>/dev/null)
  string match -v -- ':*' $found
  if contains -- :0 $found
    __fish_complete_path (commandline -ct)
  end
end
complete -c kubectl-support_access -f -a '(__kubectl_support_access)'
`;

const kubectl = `#!/bin/sh
# Save it as kubectl_complete-support_access on PATH, executable: kubectl's own completion then knows "kubectl support-access".
exec kubectl-support_access __complete -- "$@"
`;

const scripts: Readonly<Record<Shell, string>> = { bash, zsh, fish, kubectl };

export function completionScript(shell: Shell): string {
  return scripts[shell];
}
