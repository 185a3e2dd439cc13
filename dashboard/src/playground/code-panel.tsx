import { useSignal } from '@preact/signals';
import { Command } from '../components/command.tsx';
import { Panel } from '../components/panel.tsx';
import { Segments } from '../components/segments.tsx';
import { anthropicSnippet } from './snippets/anthropic.ts';
import { curlSnippet } from './snippets/curl.ts';
import { javascriptSnippet } from './snippets/javascript.ts';
import { pythonSnippet } from './snippets/python.ts';
import { nextBody } from './state.ts';

const languages = { curl: curlSnippet, JavaScript: javascriptSnippet, Python: pythonSnippet, Anthropic: anthropicSnippet } as const;
type Language = keyof typeof languages;
const options = (Object.keys(languages) as Language[]).map((language) => [language, language] as const);

/** The next request as code, to take away. */
export function CodePanel() {
  const language = useSignal<Language>('curl');
  const code = languages[language.value](location.origin, nextBody.value);
  return (
    <Panel title="Code">
      <div class="stack code-panel">
        <Segments label="Language" options={options} value={language.value} onChange={(value) => (language.value = value)} />
        {code === undefined ? <p class="muted">The Anthropic API knows temperatures up to 1 only.</p> : <Command text={code} what="code" />}
        <p class="muted">
          Put your key into <code>SHELLM_API_KEY</code>. {hints[language.value]}
        </p>
      </div>
    </Panel>
  );
}

const hints: Readonly<Record<Language, string>> = {
  curl: 'An open gateway takes any.',
  JavaScript: 'It needs the package openai: npm install openai.',
  Python: 'It needs the package openai: pip install openai.',
  Anthropic: 'It needs the package @anthropic-ai/sdk: npm install @anthropic-ai/sdk.',
};
