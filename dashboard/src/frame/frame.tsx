import { type ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'wouter-preact';
import { type Me } from '../session/who.ts';
import { Account } from './account.tsx';
import { Brand } from './brand.tsx';
import { Menu } from './menu.tsx';
import { Navigation } from './navigation.tsx';
import { OpenGateway } from './open-gateway.tsx';
import './frame.css';

/** What stands around every page. */
export function Frame({ me, children }: { readonly me: Me; readonly children: ComponentChildren }) {
  const [here] = useLocation();
  const main = useRef<HTMLElement>(null);
  const before = useRef(here);

  useEffect(() => {
    // Whoever goes to another page by keyboard or screen reader is taken to its beginning.
    if (before.current === here) return;
    before.current = here;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [here]);

  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <Menu me={me} />
      <header class="sidebar">
        <Brand />
        <Navigation />
        <Account me={me} />
      </header>
      <main id="main" ref={main} tabIndex={-1} class="stack">
        {me.open && <OpenGateway />}
        {children}
      </main>
    </div>
  );
}
