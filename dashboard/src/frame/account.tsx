import { shown } from '../api/api-error.ts';
import { Icon } from '../components/icon.tsx';
import { notify } from '../components/notices.tsx';
import { signOut } from '../session/sign-in-out.ts';
import { type Me } from '../session/who.ts';
import { ThemeButton } from './theme-button.tsx';

/** Who is signed in, the colours, and the way out. */
export function Account({ me }: { readonly me: Me }) {
  const leave = () => {
    signOut().catch((error: unknown) => {
      notify(shown(error).message);
    });
  };
  return (
    <div class="account">
      <p>
        <span class="account-name">{me.open ? 'Open gateway' : me.client?.name}</span>
        <span class="muted">SheLLM {me.version}</span>
      </p>
      <ThemeButton />
      {!me.open && (
        <button type="button" class="button icon-only" data-kind="quiet" aria-label="Sign out" title="Sign out" onClick={leave}>
          <Icon name="leave" />
        </button>
      )}
    </div>
  );
}
