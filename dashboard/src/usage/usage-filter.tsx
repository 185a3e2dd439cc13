import { Field } from '../components/field.tsx';
import { dayAfter, type Grouping, groupings } from './usage-table.ts';

export interface UsageQuestion {
  /** `YYYY-MM-DD`, both included; '': without an end. */
  readonly from: string;
  readonly to: string;
  readonly groups: readonly Grouping[];
}

interface UsageFilterProps {
  readonly question: UsageQuestion;
  readonly onChange: (more: Partial<UsageQuestion>) => void;
}

/** From when to when, and by what. */
export function UsageFilter({ question: { from, to, groups }, onChange }: UsageFilterProps) {
  const day = (name: 'from' | 'to', label: string, value: string) => (
    <Field label={label}>
      {(props) => (
        <input
          {...props}
          class="input"
          type="date"
          value={value}
          onInput={(event) => {
            onChange({ [name]: event.currentTarget.value });
          }}
        />
      )}
    </Field>
  );
  return (
    <div class="usage-filter">
      {day('from', 'From', from)}
      {day('to', 'To, included', to)}
      <div class="field">
        <span class="field-title">Period</span>
        <div class="segments" role="group" aria-label="Period">
          {[1, 7, 30].map((days) => {
            const span = lastDays(days);
            return (
              <button
                key={days}
                type="button"
                aria-pressed={from === span.from && to === span.to}
                onClick={() => {
                  onChange(span);
                }}
              >
                {days === 1 ? 'Today' : `${days} days`}
              </button>
            );
          })}
        </div>
      </div>
      <div class="field">
        <span class="field-title">Group by</span>
        <div class="segments" role="group" aria-label="Group by">
          {groupings.map((group) => (
            <button
              key={group}
              type="button"
              aria-pressed={groups.includes(group)}
              onClick={() => {
                onChange({ groups: groupings.filter((each) => (each === group) !== groups.includes(each)) });
              }}
            >
              {group}
            </button>
          ))}
        </div>
      </div>
    </div>
  );
}

/** So many days, today as the last. */
export function lastDays(days: number): { readonly from: string; readonly to: string } {
  const to = new Date().toISOString().slice(0, 10);
  return { from: dayAfter(to, 1 - days), to };
}
