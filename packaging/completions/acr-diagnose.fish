# The program itself is asked, so what is offered is what the installed version takes.
function __acr_diagnose
    # What one types goes along in variables; --help is for a program that does not read them.
    env _ACR_DIAGNOSE_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=$argv[1] \
        _TYPER_COMPLETE_ARGS=(commandline --cut-at-cursor --current-process | string collect) \
        acr-diagnose --help 2>/dev/null
end
complete --command acr-diagnose --no-files \
    --condition '__acr_diagnose is-args' --arguments '(__acr_diagnose get-args)'
