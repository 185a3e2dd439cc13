import { useEffect } from 'preact/hooks';
import { Link, Router, useLocation } from 'wouter-preact';
import { Empty } from './components/empty.tsx';
import { Message } from './components/message.tsx';
import { Notices } from './components/notices.tsx';
import { PageHead } from './components/page-head.tsx';
import { Frame } from './frame/frame.tsx';
import { LazyPage } from './frame/lazy-page.tsx';
import { routes } from './routes.ts';
import { SignIn } from './session/sign-in.tsx';
import { lookWho } from './session/sign-in-out.ts';
import { who } from './session/who.ts';

export function App() {
  useEffect(() => void lookWho(), []);
  return (
    <Router base="/dashboard">
      <Inside />
      <Notices />
    </Router>
  );
}

function Inside() {
  const is = who.value;
  if (is.state === 'unknown') return null;
  if (is.state === 'signed-out') return <SignIn />;
  if (is.state === 'unreachable') return <Unreachable />;
  return (
    <Frame me={is.me}>
      <Page />
    </Frame>
  );
}

function Page() {
  const [here] = useLocation();
  const route = routes.find(({ path }) => path === here);
  if (route) return <LazyPage key={route.path} route={route} />;
  return (
    <>
      <PageHead title="No such page" />
      <Empty title="There is nothing at this address.">
        <Link href="/">To the overview</Link>
      </Empty>
    </>
  );
}

function Unreachable() {
  return (
    <main class="sign-in">
      <Message
        kind="bad"
        title="The gateway cannot be reached."
        actions={
          <button type="button" class="button" onClick={() => void lookWho()}>
            Try again
          </button>
        }
      />
    </main>
  );
}
