import { Field } from '../components/field.tsx';
import { Icon } from '../components/icon.tsx';
import { Segments } from '../components/segments.tsx';
import { noFilter, type RequestFilter } from './request-log.ts';

interface RequestFiltersProps {
  readonly filter: RequestFilter;
  readonly onChange: (filter: RequestFilter) => void;
}

const texts = [
  ['client', 'Client'],
  ['provider', 'Provider'],
  ['model', 'Model'],
  ['request_id', 'Request id'],
] as const;
const outcomes: readonly (readonly [string, string])[] = [
  ['', 'All'],
  ['ok', 'Good'],
  ['error', 'Errors'],
  ['aborted', 'Aborted'],
];

/** What of the log is shown. A name counts when it is left, or at Enter. */
export function RequestFilters({ filter, onChange }: RequestFiltersProps) {
  const control = (name: keyof RequestFilter, label: string, type: 'text' | 'datetime-local') => (
    <Field label={label}>
      {(props) => (
        <input
          {...props}
          class="input"
          type={type}
          autocomplete="off"
          spellcheck={false}
          value={filter[name]}
          onChange={(event) => {
            onChange({ ...filter, [name]: event.currentTarget.value });
          }}
        />
      )}
    </Field>
  );
  const isSet = Object.values(filter).some((value) => value !== '');
  return (
    <div class="request-filters" role="search" aria-label="Filters">
      <div class="field outcome">
        <span class="field-title">Outcome</span>
        <Segments
          label="Outcome"
          options={outcomes}
          value={filter.outcome}
          onChange={(outcome) => {
            onChange({ ...filter, outcome });
          }}
        />
      </div>
      {texts.map(([name, label]) => (
        <div key={name}>{control(name, label, 'text')}</div>
      ))}
      {control('from', 'From', 'datetime-local')}
      {control('to', 'To', 'datetime-local')}
      {isSet && (
        <button
          type="button"
          class="button"
          data-kind="quiet"
          onClick={() => {
            onChange(noFilter);
          }}
        >
          <Icon name="close" />
          No filter
        </button>
      )}
    </div>
  );
}
