import { type Column, DataTable } from '../components/data-table.tsx';
import { Moment, now } from '../components/moment.tsx';
import { Status } from '../components/status.tsx';
import { BudgetBars } from './budget-bar.tsx';
import { isOwn } from './issued.ts';
import { type KeyObject } from './key-object.ts';
import { stateOf } from './key-state.ts';

export type KeyAction = 'change' | 'rotate' | 'revoke';

interface KeysTableProps {
  readonly keys: readonly KeyObject[];
  /** The day (UTC) of each client's last request, by its name. */
  readonly lastUse: ReadonlyMap<string, string>;
  readonly onAction: (action: KeyAction, key: KeyObject) => void;
}

export function KeysTable({ keys, lastUse, onAction }: KeysTableProps) {
  const columns: readonly Column<KeyObject>[] = [
    { title: 'Name', by: ({ name }) => name, cell: (key) => <Name {...key} /> },
    { title: 'State', by: (key) => stateOf(key, now.value), cell: (key) => <State {...key} /> },
    { title: 'May', cell: (key) => <May {...key} /> },
    { title: 'Limits', cell: (key) => <Limits {...key} /> },
    { title: 'Budget', cell: ({ budget }) => (budget ? <BudgetBars budget={budget} /> : <span class="muted">none</span>) },
    { title: 'Last use', by: ({ name }) => lastUse.get(name), cell: ({ name }) => lastUse.get(name) ?? <span class="muted">–</span> },
    { title: 'Actions', cell: (key) => <Actions of={key} onAction={onAction} /> },
  ];
  return <DataTable caption="Keys" columns={columns} rows={keys} rowKey={({ id }) => id} />;
}

function Name({ name, masked }: KeyObject) {
  return (
    <>
      {name}
      {isOwn(name) && <span class="muted"> (you)</span>}
      <span class="key-second mono">{masked ?? 'of SHELLM_CLIENTS'}</span>
    </>
  );
}

function State(key: KeyObject) {
  const state = stateOf(key, now.value);
  return (
    <>
      <Status tone={state === 'active' ? 'good' : state === 'expired' ? 'warn' : 'quiet'}>{state}</Status>
      {state === 'active' && key.expires_at !== null && (
        <span class="key-second">
          ends <Moment at={key.expires_at * 1000} />
        </span>
      )}
    </>
  );
}

function May({ scopes, models }: KeyObject) {
  const [first = '', ...more] = models ?? ['every model'];
  return (
    <>
      {scopes.join(', ')}
      <span class={models ? 'key-second mono' : 'key-second'} title={models?.join('\n')}>
        {first}
        {more.length > 0 && ` +${more.length}`}
      </span>
    </>
  );
}

function Limits({ rpm, max_concurrent }: KeyObject) {
  if (rpm === null && max_concurrent === null) return <span class="muted">the gateway's</span>;
  return (
    <>
      {rpm !== null && <span class="key-line">{rpm === 0 ? 'any number a minute' : `${rpm} a minute`}</span>}
      {max_concurrent !== null && <span class="key-line">{`${max_concurrent} at once`}</span>}
    </>
  );
}

function Actions({ of: key, onAction }: { readonly of: KeyObject; readonly onAction: KeysTableProps['onAction'] }) {
  if (key.source === 'environment' || key.revoked_at !== null) return null;
  const button = (action: KeyAction, label: string) => (
    <button
      type="button"
      class="button"
      data-size="small"
      data-kind={action === 'revoke' ? 'danger' : 'quiet'}
      aria-label={`${label} ${key.name}`}
      onClick={() => {
        onAction(action, key);
      }}
    >
      {label}
    </button>
  );
  return (
    <span class="table-actions">
      {button('change', 'Edit')}
      {button('rotate', 'Rotate')}
      {button('revoke', 'Revoke')}
    </span>
  );
}
