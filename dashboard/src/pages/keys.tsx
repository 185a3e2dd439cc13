import { useSignal } from '@preact/signals';
import { request } from '../api/request.ts';
import { Check } from '../components/check.tsx';
import { Confirm } from '../components/confirm.tsx';
import { Empty } from '../components/empty.tsx';
import { Icon } from '../components/icon.tsx';
import { Loaded } from '../components/loaded.tsx';
import { notify } from '../components/notices.tsx';
import { PageHead } from '../components/page-head.tsx';
import { Panel } from '../components/panel.tsx';
import { Skeleton } from '../components/skeleton.tsx';
import { useResource } from '../components/use-resource.ts';
import { isOwn, revoke, rotate } from '../keys/issued.ts';
import { KeyForm } from '../keys/key-form.tsx';
import { type KeyObject } from '../keys/key-object.ts';
import '../keys/keys.css';
import { type KeyAction, KeysTable } from '../keys/keys-table.tsx';
import { ShownOnce } from '../keys/shown-once.tsx';
import { type UsageRow } from '../usage/usage-table.ts';

interface Listing {
  readonly keys: readonly KeyObject[];
  readonly lastUse: ReadonlyMap<string, string>;
}

export function KeysPage() {
  const revoked = useSignal(false);
  const open = useSignal<{ readonly action: KeyAction | 'create'; readonly key?: KeyObject }>();
  const listing = useResource(`keys ${revoked.value}`, (signal) => read(revoked.value, signal));
  const close = (): void => {
    open.value = undefined;
  };
  const done = (words: string): void => {
    close();
    notify(words);
    listing.reload();
  };
  const { action, key } = open.value ?? {};

  return (
    <>
      <PageHead title="Keys" lead="Who may ask, for what, and how much.">
        <Check checked={revoked.value} onChange={(checked) => (revoked.value = checked)}>
          Revoked ones too
        </Check>
        <button type="button" class="button" data-kind="primary" onClick={() => (open.value = { action: 'create' })}>
          <Icon name="plus" />
          Create a key
        </button>
      </PageHead>
      <Loaded resource={listing} waiting={<Skeleton height={240} />}>
        {({ keys, lastUse }) =>
          keys.length === 0 ? (
            <Empty title="No keys yet.">
              <p class="muted">Everybody who reaches the gateway may use it. The first key ends that.</p>
            </Empty>
          ) : (
            <Panel title={keys.length === 1 ? '1 key' : `${keys.length} keys`} flush>
              <KeysTable keys={keys} lastUse={lastUse} onAction={(chosen, of) => (open.value = { action: chosen, key: of })} />
            </Panel>
          )
        }
      </Loaded>
      {action === 'create' && (
        <KeyForm
          onClose={close}
          onDone={() => {
            done('The key is made.');
          }}
        />
      )}
      {action === 'change' && (
        <KeyForm
          before={key}
          onClose={close}
          onDone={() => {
            done('Saved.');
          }}
        />
      )}
      {action === 'rotate' && key && (
        <Confirm
          title={`Rotate ${key.name}?`}
          label="Give it another value"
          danger={false}
          onClose={close}
          action={async () => {
            await rotate(key.id, key.name);
            listing.reload();
          }}
        >
          <p>
            The old value of <strong>{key.name}</strong> ends at once. Sessions, jobs and all else that it owns stay its own.
          </p>
        </Confirm>
      )}
      {action === 'revoke' && key && (
        <Confirm
          title={`Revoke ${key.name}?`}
          label={`Revoke ${key.name}`}
          onClose={close}
          action={async () => {
            await revoke(key.id);
            done(`${key.name} is revoked.`);
          }}
        >
          <p>
            The key <strong>{key.name}</strong> ({key.masked}) ends at once, and for good. What runs for it may finish.
          </p>
          {isOwn(key.name) && <p>It is the key that you are signed in with: you will be signed out.</p>}
        </Confirm>
      )}
      <ShownOnce />
    </>
  );
}

/** When somebody last asked is of the usage, for as long as that is kept. */
async function read(revoked: boolean, signal: AbortSignal): Promise<Listing> {
  const [{ data }, used] = await Promise.all([
    request<{ data: readonly KeyObject[] }>(`/admin/keys${revoked ? '?revoked=true' : ''}`, { signal }),
    request<{ data: readonly UsageRow[] }>('/admin/usage?group_by=client,day', { signal }).catch(() => ({ data: [] })),
  ]);
  const lastUse = new Map<string, string>();
  for (const { client, day } of used.data) if (client && day && day > (lastUse.get(client) ?? '')) lastUse.set(client, day);
  return { keys: data, lastUse };
}
