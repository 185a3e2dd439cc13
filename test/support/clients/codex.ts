import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, everyFigure, jsonSchemaOf, place, type Question, type Seen } from './client.js';
import { runCli } from './run-cli.js';

interface Item {
  readonly type: string;
  readonly text: string;
  readonly command: string;
}

/** The lines of its output that matter here. */
type Line =
  | { readonly type: 'item.completed'; readonly item: Item }
  | {
      readonly type: 'turn.completed';
      readonly usage: { readonly input_tokens: number; readonly cached_input_tokens: number; readonly output_tokens: number; readonly reasoning_output_tokens: number };
    };

function seen(lines: readonly Line[]): Seen {
  const items = lines.flatMap((line) => (line.type === 'item.completed' ? line.item : []));
  const calls = items.filter(({ type }) => type === 'command_execution').map(({ command }) => ({ name: 'exec_command', args: { cmd: /cat \w+\.txt/.exec(command)?.[0] } }));
  const text = items.filter(({ type }) => type === 'agent_message').at(-1)?.text ?? '';
  const end = lines.find((line) => line.type === 'turn.completed');
  if (end === undefined) throw new Error(`Codex told of no end: ${JSON.stringify(lines)}`);
  const { input_tokens: input, cached_input_tokens: cached, output_tokens: output, reasoning_output_tokens: reasoning } = end.usage;
  return { text, calls, tokens: { input, output, cached, reasoning } };
}

/** Codex CLI as a client: a user's own, with its tools, whose model provider is the gateway. */
export function codexCli(bin: string): Client & { close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'codex-client-'));
  const home = join(folder, 'home');
  const work = join(folder, 'work');
  const schema = join(folder, 'schema.json');
  mkdirSync(home);
  mkdirSync(work);
  for (const name of ['first', 'second']) writeFileSync(join(work, `${name}.txt`), `the ${name} secret`);
  writeFileSync(schema, JSON.stringify(jsonSchemaOf(place)));
  const provider = ({ url }: Question): string =>
    `model_providers.shellm={name="shellm", base_url="${url}/v1", env_key="SHELLM_KEY", wire_api="responses", request_max_retries=0, stream_max_retries=0}`;
  const run = async (question: Question, more: readonly string[] = [], interrupt?: Promise<void>): Promise<Line[]> =>
    (await runCli({
      command: bin,
      args: [
        ...['exec', '--json', '--skip-git-repo-check', '--ephemeral', '--sandbox', 'danger-full-access', '-m', question.model],
        ...['-c', provider(question), '-c', 'model_provider="shellm"', ...more, '-'],
      ],
      env: { PATH: '/usr/bin:/bin', HOME: folder, CODEX_HOME: home, SHELLM_KEY: 'none' },
      cwd: work,
      input: question.prompt,
      ...(interrupt === undefined ? {} : { interrupt }),
    })) as unknown as Line[];
  const ask = async (question: Question): Promise<Seen> => seen(await run(question));
  return {
    name: 'Codex CLI',
    calls: [
      { name: 'exec_command', args: { cmd: 'cat first.txt' }, result: 'the first secret' },
      { name: 'exec_command', args: { cmd: 'cat second.txt' }, result: 'the second secret' },
    ],
    printsWhole: true,
    tells: everyFigure,
    chat: ask,
    stream: ask,
    toolLoop: ask,
    parallelTools: ask,
    schema: async (question) => {
      const answer = seen(await run(question, ['--output-schema', schema]));
      return { ...answer, object: JSON.parse(answer.text) as unknown };
    },
    abort: async (question, underWay) => {
      await run(question, [], underWay());
    },
    close: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
