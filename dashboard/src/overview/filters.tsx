import { Icon } from '../components/icon.tsx';
import { Segments } from '../components/segments.tsx';
import { type useAddress } from '../components/use-address.ts';
import { localInput, rangeOf, ranges, type Span } from './span.ts';
import './filters.css';

interface FiltersProps {
  readonly address: ReturnType<typeof useAddress>;
  readonly span: Span;
}

/** From when to when. */
export function TimeRange({ address: [query, change], span }: FiltersProps) {
  const range = rangeOf(query);
  return (
    <>
      <Segments
        label="Time range"
        options={ranges}
        value={range}
        onChange={(range) => {
          change(range === 'custom' ? { range, from: span.from.toISOString(), to: span.to.toISOString() } : { range, from: undefined, to: undefined });
        }}
      />
      {range === 'custom' && (
        <div class="custom-range">
          <DateInput
            name="From"
            at={span.from}
            onChange={(from) => {
              change({ from });
            }}
          />
          <DateInput
            name="To"
            at={span.to}
            onChange={(to) => {
              change({ to });
            }}
          />
        </div>
      )}
    </>
  );
}

function DateInput({ name, at, onChange }: { readonly name: string; readonly at: Date; readonly onChange: (value: string) => void }) {
  return (
    <label>
      {name}
      <input
        class="input"
        type="datetime-local"
        value={localInput(at)}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value) onChange(new Date(value).toISOString());
        }}
      />
    </label>
  );
}

/** What the figures are of, where it is not all; each goes away by a click. */
export function Chosen({ address: [query, change] }: Pick<FiltersProps, 'address'>) {
  const chosen = filters.flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [{ name, value }];
  });
  if (chosen.length === 0) return null;
  return (
    <div class="row" role="group" aria-label="Filters">
      {chosen.map(({ name, value }) => (
        <button
          key={name}
          type="button"
          class="chip"
          aria-label={`Take away the filter ${name} ${value}`}
          onClick={() => {
            change({ [name]: undefined });
          }}
        >
          <span>{name}</span> {value} <Icon name="close" size={12} />
        </button>
      ))}
    </div>
  );
}

export const filters = ['client', 'provider', 'model'] as const;
