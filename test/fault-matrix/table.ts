import { type Fault, playedBy } from '../../src/selftest/faults.js';

export type Earned = (provider: string, fault: string) => boolean;

const line = (boxes: readonly string[]): string => `| ${boxes.join(' | ')} |`;
const endsOf = ({ ends }: Fault): string => [...new Set(ends.map((end) => (typeof end === 'string' ? `\`${end}\`` : 'the whole answer')))].join(' or ');

function tableOf(faults: readonly Fault[], providers: readonly string[], earned: Earned): string {
  const mark = (provider: string, fault: Fault): string => (!playedBy(provider, fault) ? '' : earned(provider, fault.name) ? '✓' : '✗');
  return [
    line(['fault', 'it', 'the client gets', ...providers.map((provider) => `\`${provider}\``)]),
    line(['---', '---', '---', ...providers.map(() => '---')]),
    ...faults.map((fault) => line([`\`${fault.name}\``, fault.what, endsOf(fault), ...providers.map((provider) => mark(provider, fault))])),
  ].join('\n');
}

/** The document; a mark where both a JSON and a streamed answer ended as they have to. */
export function documentOf(parts: readonly { readonly title: string; readonly faults: readonly Fault[]; readonly providers: readonly string[] }[], earned: Earned): string {
  return [
    '# When a provider fails',
    '',
    'What a client gets when a CLI or an API vendor misbehaves. `test/fault-matrix.long-spec.ts` plays every fault on every provider, for a JSON answer and for a streamed one, and',
    'writes this page (`UPDATE_FAULT_MATRIX=1`); `shellm selftest` plays a short form of it on your machine. A mark: both ended as its column says: the whole answer, or an',
    'error of that code with its status; in a stream that had begun the error is the last event, without `[DONE]` and without a `finish_reason` of a whole answer. No error names a',
    'path or a secret. Before each of them the provider had answered an ordinary question, after the fault before. After all of them no turn slot is taken, nobody waits, and no',
    'process is left but those that wait for the next turn, not even one that left its process group; after the end of the gateway none at all, and no pipe. An empty box: the demo',
    'agent cannot do that.',
    ...parts.flatMap(({ title, faults, providers }) => ['', `## ${title}`, '', tableOf(faults, providers, earned)]),
    '',
  ].join('\n');
}
