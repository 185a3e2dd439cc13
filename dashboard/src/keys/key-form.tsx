import { useSignal } from '@preact/signals';
import { type ComponentChildren } from 'preact';
import { type ApiError, shown } from '../api/api-error.ts';
import { Dialog } from '../components/dialog.tsx';
import { Message } from '../components/message.tsx';
import { change, isOpen, issue } from './issued.ts';
import { draftOf, emptyDraft, type KeyDraft, termsOf } from './key-draft.ts';
import { type KeyObject } from './key-object.ts';
import { AccessFields } from './access-fields.tsx';
import { LimitFields } from './limit-fields.tsx';

interface KeyFormProps {
  /** The key that is changed; none: a new one. */
  readonly before?: KeyObject | undefined;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** What the parts of the form share. */
export interface FormPart {
  readonly draft: KeyDraft;
  readonly set: (more: Partial<KeyDraft>) => void;
  /** What the gateway said of a field, by its name there. */
  readonly errorOf: (field: string) => string | undefined;
}

const fields = new Set(['name', 'scopes', 'models', 'rpm', 'max_concurrent', 'budget', 'expires_at', 'redact']);

/** All terms of a key, to be set or changed. */
export function KeyForm({ before, onClose, onDone }: KeyFormProps) {
  const first = before === undefined && isOpen();
  const draft = useSignal<KeyDraft>(before ? draftOf(before) : first ? { ...emptyDraft, name: 'admin', scopes: ['admin', 'completions'] } : emptyDraft);
  const failure = useSignal<ApiError | undefined>(undefined);
  const busy = useSignal(false);
  const part: FormPart = {
    draft: draft.value,
    set: (more) => {
      draft.value = { ...draft.value, ...more };
    },
    errorOf: (field) => (failure.value?.param === field ? failure.value.message : undefined),
  };

  const submit = async (): Promise<void> => {
    busy.value = true;
    failure.value = undefined;
    try {
      await (before ? change(before.id, termsOf(draft.value, before)) : issue(termsOf(draft.value)));
      onDone();
    } catch (error) {
      failure.value = shown(error);
    } finally {
      busy.value = false;
    }
  };

  return (
    <Dialog title={before ? `Change ${before.name}` : 'Create a key'} side onClose={onClose}>
      {first && <FirstKey />}
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy.value) void submit();
        }}
      >
        <AccessFields {...part} first={first} />
        <LimitFields {...part} />
        {failure.value && !fields.has(failure.value.param ?? '') && <Message kind="bad" title={failure.value.message} />}
        <div class="row">
          <button type="submit" class="button" data-kind="primary" disabled={busy.value}>
            {labelOf(before, first)}
          </button>
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function labelOf(before: KeyObject | undefined, first: boolean): string {
  if (before) return 'Save';
  return first ? 'Close the gateway with this key' : 'Create the key';
}

function FirstKey(): ComponentChildren {
  return (
    <Message kind="warn" title="The first key closes the gateway, for good.">
      <p>
        From then on everybody needs a key: applications that ask without one get a 401. So the first one is an admin's key, which can issue others. This browser is signed in with
        it at once.
      </p>
    </Message>
  );
}
