import { exact, milliseconds } from '../format/numbers.ts';
import { type Usage } from './answer.ts';
import { type Outcome } from './ask.ts';
import { type Served } from './served.ts';

/** Who answered, how fast, and what it took. */
export function Figures({ outcome: { state, answer, served, firstMs, totalMs } }: { readonly outcome: Outcome }) {
  const facts = [
    ...(served ? servedFacts(served) : []),
    firstMs !== undefined && `first word after ${milliseconds(firstMs)}`,
    totalMs !== undefined && `${milliseconds(totalMs)} in all`,
    ...(answer.usage ? usageFacts(answer.usage, served?.estimated === true) : []),
    state === 'stopped' && 'stopped',
    answer.finish !== undefined && answer.finish !== 'stop' && `ended by ${answer.finish}`,
  ].filter((fact) => typeof fact === 'string');
  if (facts.length === 0) return null;
  return (
    <ul class="figures" aria-label="Figures">
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  );
}

function servedFacts({ provider, model, cache, insteadOf, ignored }: Served): (string | false)[] {
  return [
    provider !== null && (model === null || model === provider ? provider : `${provider}/${model}`),
    insteadOf !== null && `in place of ${insteadOf}`,
    cache === 'hit' && 'from the cache',
    ignored !== null && `ignored: ${ignored}`,
  ];
}

function usageFacts({ prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details }: Usage, estimated: boolean): (string | false)[] {
  const cached = prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = completion_tokens_details?.reasoning_tokens ?? 0;
  return [
    `${estimated ? 'about ' : ''}${exact(prompt_tokens)} tokens in, ${exact(completion_tokens)} out`,
    cached > 0 && `${exact(cached)} cached`,
    reasoning > 0 && `${exact(reasoning)} of reasoning`,
  ];
}
