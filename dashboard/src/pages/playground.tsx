import { PageHead } from '../components/page-head.tsx';
import { Panel } from '../components/panel.tsx';
import { CodePanel } from '../playground/code-panel.tsx';
import { Conversation } from '../playground/conversation.tsx';
import '../playground/playground.css';
import { SettingsPanel } from '../playground/settings-panel.tsx';
import { clear, current, entries } from '../playground/state.ts';

export function PlaygroundPage() {
  const empty = entries.value.length === 0 && !current.value;
  return (
    <>
      <PageHead title="Playground" lead="Try a model, functions and JSON answers, and take the code along.">
        <button type="button" class="button" disabled={empty} onClick={clear}>
          Begin anew
        </button>
      </PageHead>
      <div class="playground">
        <Panel title="Conversation">
          <Conversation />
        </Panel>
        <div class="stack">
          <SettingsPanel />
          <CodePanel />
        </div>
      </div>
    </>
  );
}
