import { type Command } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** A place in the tree of commands, and the words that may follow there. */
interface Place {
  /** The commands that lead there, without `shellm`. */
  readonly path: string;
  readonly words: readonly Word[];
}

interface Word {
  readonly text: string;
  readonly description: string;
}

/** The script that makes a shell complete `shellm …`: made from the commands there are. It runs nothing, so it is quick. */
export function completionOf(program: Command, shell: Shell): string {
  const places = placesIn(program, program, []);
  return scripts[shell](places);
}

function placesIn(program: Command, command: Command, path: readonly string[]): readonly Place[] {
  const help = command.createHelp();
  const commands = help.visibleCommands(command);
  const options = [...help.visibleOptions(command), ...(command === program ? [] : program.options.filter(({ long }) => long === '--no-color'))];
  const words = [
    ...commands.map((each) => ({ text: each.name(), description: each.description() })),
    ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices.map((text) => ({ text, description: '' }))),
    ...options.flatMap(({ long, short, description }) => ((long ?? short) === undefined ? [] : [{ text: long ?? short ?? '', description }])),
  ];
  const below = commands.filter((each) => each.name() !== 'help').flatMap((each) => placesIn(program, each, [...path, each.name()]));
  return [{ path: path.join(' '), words }, ...below];
}

const scripts: Readonly<Record<Shell, (places: readonly Place[]) => string>> = { bash, zsh, fish };

function bash(places: readonly Place[]): string {
  return `# bash completion of shellm: source <(shellm completion bash)
_shellm() {
  local word=\${COMP_WORDS[COMP_CWORD]} place='' index words
  for ((index = 1; index < COMP_CWORD; index++)); do
    case "\${place:+$place }\${COMP_WORDS[index]}" in
      ${pathsOf(places)}) place="\${place:+$place }\${COMP_WORDS[index]}" ;;
    esac
  done
  case "$place" in
${places.map(({ path, words }) => `    ${quote(path)}) words=${quote(words.map(({ text }) => text).join(' '))} ;;`).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _shellm shellm
`;
}

function zsh(places: readonly Place[]): string {
  const cases = places.map(({ path, words }) => {
    const described = words.map(({ text, description }) => quote(`${text.replaceAll(':', '\\:')}${description === '' ? '' : `:${description}`}`));
    return `    ${quote(path)}) choices=(${described.join(' ')}) ;;`;
  });
  return `#compdef shellm
# zsh completion of shellm: shellm completion zsh > "\${fpath[1]}/_shellm"
_shellm() {
  local place='' word
  local -a choices
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "\${place:+$place }$word" in
      ${pathsOf(places)}) place="\${place:+$place }$word" ;;
    esac
  done
  case "$place" in
${cases.join('\n')}
  esac
  _describe 'shellm' choices || _files
}
if [ "\${funcstack[1]}" = _shellm ]; then _shellm "$@"; else compdef _shellm shellm; fi
`;
}

function fish(places: readonly Place[]): string {
  const lines = places.flatMap(({ path, words }) =>
    words.map(({ text, description }) => {
      const what = text.startsWith('--') ? `-l ${text.slice(2)}` : text.startsWith('-') ? `-s ${text.slice(1)}` : `-f -a ${quoteFish(text)}`;
      return `complete -c shellm -n ${quoteFish(`__shellm_at ${quoteFish(path)}`)} ${what}${description === '' ? '' : ` -d ${quoteFish(description)}`}`;
    }),
  );
  return `# fish completion of shellm: shellm completion fish > ~/.config/fish/completions/shellm.fish
function __shellm_at
  set -l place
  for word in (commandline -opc)[2..-1]
    switch "$place $word"
      case ${places
        .filter(({ path }) => path !== '')
        .map(({ path }) => quoteFish(path.includes(' ') ? path : ` ${path}`))
        .join(' ')}
        set place (string trim "$place $word")
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function pathsOf(places: readonly Place[]): string {
  return places
    .filter(({ path }) => path !== '')
    .map(({ path }) => quote(path))
    .join(' | ');
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function quoteFish(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
