// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;

namespace Cagent.Cli.Completion;

/// <summary>
/// The script of each shell. All hand what stands before the cursor to the directive <c>[suggest:POSITION]</c> of the command line, keep
/// what begins as the word at hand does, show options only where one has begun, and leave the rest to the shell's file names.
/// </summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # Completion of cagent for bash.
        _cagent() {
            local line=${COMP_LINE:0:COMP_POINT} word candidate
            local command=${line%%[[:space:]]*}
            word=${line##*[[:space:]]}
            line=${line#"$command"}
            line=${line#"${line%%[![:space:]]*}"}
            COMPREPLY=()
            while IFS= read -r candidate; do
                [[ $candidate == "$word"* && $candidate != /* ]] || continue
                [[ $candidate != -* || $word == -* ]] || continue
                COMPREPLY+=("$candidate")
            done < <("$command" "[suggest:${#line}]" "$line" 2>/dev/null)
        }
        complete -o default -F _cagent cagent

        """;

    private const string Zsh = """
        #compdef cagent
        # Completion of cagent for zsh.
        _cagent() {
            local line="${(j: :)words[2,CURRENT]}" word="${words[CURRENT]}" candidate
            local -a candidates
            for candidate in "${(@f)$(${words[1]} "[suggest:${#line}]" "$line" 2>/dev/null)}"; do
                [[ "$candidate" == "$word"* && "$candidate" != /* ]] || continue
                [[ "$candidate" != -* || "$word" == -* ]] || continue
                candidates+=("$candidate")
            done
            if (( ${#candidates} )) && [[ -n "${candidates[1]}" ]]; then
                compadd -- "${candidates[@]}"
            else
                _files
            fi
        }
        if [[ "${funcstack[1]}" == _cagent ]]; then _cagent "$@"; else compdef _cagent cagent; fi

        """;

    private const string Fish = """
        # Completion of cagent for fish.
        function __cagent_candidates
            command --query cagent; or return
            set -l line (commandline --cut-at-cursor | string replace --regex '^\s*\S+\s*' '')
            set -l word (commandline --current-token --cut-at-cursor)
            for candidate in (cagent "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
                string match --quiet --regex '^/' -- $candidate; and continue
                string match --quiet --regex '^-' -- $candidate; and not string match --quiet --regex '^-' -- $word; and continue
                string match --quiet --entire -- "$word" $candidate; and echo $candidate
            end
        end
        # Where cagent has nothing to offer, fish goes on to offer files.
        complete --command cagent --no-files --condition 'count (__cagent_candidates) >/dev/null' --arguments '(__cagent_candidates)'

        """;

    public static ImmutableSortedDictionary<string, string> ByShell { get; } = ImmutableSortedDictionary.CreateRange(
        StringComparer.Ordinal,
        [KeyValuePair.Create("bash", Bash), KeyValuePair.Create("zsh", Zsh), KeyValuePair.Create("fish", Fish)]);
}
