// SPDX-License-Identifier: MIT

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/**
 * What a shell reads to complete "fencelab". It asks "fencelab complete", so that it knows the commands and options of the
 * version that is run, and what is in the cache at that moment. `command` runs fencelab where it is not in PATH: words that
 * are quoted for a shell.
 */
export const completionScript = (shell: Shell, command: string): string =>
  ({ bash, zsh, fish })[shell].replaceAll('@COMMAND@', () => command);

/**
 * bash splits a word at ":", "=" and "@", and replaces only what is behind the last of them; it hands over the line, which
 * fencelab splits itself. Needs nothing of the package bash-completion.
 */
const bash = `# bash completion for fencelab:  source <(fencelab completion bash)
type fencelab >/dev/null 2>&1 || fencelab() { @COMMAND@ "$@"; }
_fencelab() {
    local line="\${COMP_LINE:0:COMP_POINT}" current="\${COMP_WORDS[COMP_CWORD]}" value text word files=none
    [[ $current == [:=@] ]] && current=
    word="\${line##*[[:blank:]]}"
    local behind="\${word%"$current"}"
    COMPREPLY=()
    while IFS=$'\\t' read -r value text; do
        case $value in
        :) files=$text ;;
        *) COMPREPLY+=("\${value#"$behind"}") ;;
        esac
    done < <(fencelab complete --line "$line" 2>/dev/null)
    case $files in
    none) ;;
    folders) while IFS= read -r value; do COMPREPLY+=("$value"); done < <(compgen -d -- "$current") ;;
    *)
        while IFS= read -r value; do
            if [[ -d $value || $files == files || " $files " == *" \${value##*.} "* || ( $value == *.tar.gz && " $files " == *" tar.gz "* ) ]]; then
                COMPREPLY+=("$value")
            fi
        done < <(compgen -f -- "$current")
        ;;
    esac
    [[ $files == none ]] || compopt -o filenames 2>/dev/null
}
complete -F _fencelab fencelab
`;

const zsh = `#compdef fencelab
# zsh completion for fencelab:  source <(fencelab completion zsh)
whence fencelab >/dev/null || fencelab() { @COMMAND@ "$@"; }
_fencelab() {
    local value text files=none
    local -a values shown
    while IFS=$'\\t' read -r value text; do
        if [[ $value == : ]]; then
            files=$text
        else
            values+=("$value")
            shown+=("$value\${text:+  -- $text}")
        fi
    done < <(fencelab complete -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
    (( $#values )) && compadd -l -d shown -- "\${values[@]}"
    case $files in
    none) ;;
    folders) _files -/ ;;
    files) _files ;;
    *) _files -g "*.(\${files// /|})" ;;
    esac
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit -u; }
compdef _fencelab fencelab
`;

const fish = `# fish completion for fencelab:  fencelab completion fish | source
type -q fencelab; or function fencelab; @COMMAND@ $argv; end
function __fencelab_complete
    set -l words (commandline -opc) (commandline -ct)
    fencelab complete -- $words[2..-1] 2>/dev/null | while read -l -d \\t value text
        if test "$value" != :
            printf '%s\\t%s\\n' $value $text
        else if test "$text" = folders
            __fish_complete_directories (commandline -ct) ''
        else if test "$text" = files
            __fish_complete_path (commandline -ct)
        else if test "$text" != none
            __fish_complete_directories (commandline -ct) ''
            for extension in (string split ' ' $text)
                __fish_complete_suffix .$extension
            end
        end
    end
end
complete -c fencelab -f -a '(__fencelab_complete)'
`;
