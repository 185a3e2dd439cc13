import { useSignal } from '@preact/signals';
import { Icon } from '../components/icon.tsx';
import { Dialog } from '../components/dialog.tsx';
import { type Me } from '../session/who.ts';
import { Account } from './account.tsx';
import { Brand } from './brand.tsx';
import { Navigation } from './navigation.tsx';

/** What stands above the pages where there is no room for a sidebar. */
export function Menu({ me }: { readonly me: Me }) {
  const open = useSignal(false);
  const close = () => {
    open.value = false;
  };
  return (
    <header class="top-bar">
      <Brand />
      <button type="button" class="button icon-only" data-kind="quiet" aria-label="Menu" aria-haspopup="dialog" aria-expanded={open.value} onClick={() => (open.value = true)}>
        <Icon name="menu" size={18} />
      </button>
      {open.value && (
        <Dialog title="Menu" side onClose={close}>
          <Navigation onGo={close} />
          <Account me={me} />
        </Dialog>
      )}
    </header>
  );
}
