# The program itself is asked, so what is offered is what the installed version takes.
# shellcheck shell=bash
_acr_diagnose() {
  # What one types goes along in variables; --help is for a program that does not read them.
  mapfile -t COMPREPLY < <(
    COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD _ACR_DIAGNOSE_COMPLETE=complete_bash \
      acr-diagnose --help 2>/dev/null
  )
  # An empty line is the answer when there is nothing to offer; then names of files are.
  [[ -n ${COMPREPLY[0]-} ]] || COMPREPLY=()
}
complete -o default -F _acr_diagnose acr-diagnose
