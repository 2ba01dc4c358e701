#compdef acr-diagnose
# The program itself is asked, so what is offered is what the installed version takes. Its answer for
# fish is the plainest one: a word, a tab, and what the word is for.
local -a offered
local line
for line in "${(@f)$(
  # What one types goes along in variables; --help is for a program that does not read them.
  _TYPER_COMPLETE_ARGS="${(j: :)words[1,CURRENT]}" _TYPER_COMPLETE_FISH_ACTION=get-args \
    _ACR_DIAGNOSE_COMPLETE=complete_fish acr-diagnose --help 2>/dev/null
)}"; do
  [[ -n $line ]] && offered+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
done
if (( $#offered )); then
  _describe acr-diagnose offered
else
  _files
fi
