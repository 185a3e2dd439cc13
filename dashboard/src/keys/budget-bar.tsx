import { compact, dollars, percent } from '../format/numbers.ts';
import { exactly } from '../format/moments.ts';
import { type Budget } from './key-object.ts';

/** What of a budget is spent: of dollars and tokens, where it has both. */
export function BudgetBars({ budget }: { readonly budget: Budget }) {
  const { usd, tokens, period, spent_usd = 0, spent_tokens = 0, resets_at } = budget;
  const title = resets_at === undefined ? undefined : `Begins anew ${exactly(resets_at * 1000)}`;
  return (
    <div class="budget" title={title}>
      {usd !== undefined && <Bar part={spent_usd} whole={usd} words={`${dollars(spent_usd)} of ${dollars(usd)} a ${period}`} />}
      {tokens !== undefined && <Bar part={spent_tokens} whole={tokens} words={`${compact(spent_tokens)} of ${compact(tokens)} tokens a ${period}`} />}
    </div>
  );
}

function Bar({ part, whole, words }: { readonly part: number; readonly whole: number; readonly words: string }) {
  const share = Math.min(1, part / whole);
  const tone = share >= 1 ? 'bad' : share >= 0.8 ? 'warn' : 'good';
  return (
    <div>
      <span>
        {words} <span class="muted">({percent(part, whole)})</span>
      </span>
      <div class="budget-bar" data-tone={tone} aria-hidden="true">
        <div style={{ width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
