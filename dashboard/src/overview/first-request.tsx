import { Command } from '../components/command.tsx';
import { Empty } from '../components/empty.tsx';
import { who } from '../session/who.ts';
import '../components/panel.css';

/** Nothing was asked for yet: how to. */
export function FirstRequest() {
  const open = who.value.state === 'signed-in' && who.value.me.open;
  return (
    <div class="panel">
      <Empty title="No requests in this time.">
        <p>Whatever speaks to OpenAI's API can ask this gateway. In a terminal:</p>
        <Command text={curl(location.origin, open)} />
        <p>What is asked appears here within a few seconds.</p>
      </Empty>
    </div>
  );
}

function curl(origin: string, open: boolean): string {
  return [
    `curl ${origin}/v1/chat/completions`,
    ...(open ? [] : ['-H "Authorization: Bearer $SHELLM_API_KEY"']),
    '-H "Content-Type: application/json"',
    `-d '{"model": "demo", "messages": [{"role": "user", "content": "Hello"}]}'`,
  ].join(' \\\n  ');
}
