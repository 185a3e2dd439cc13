import { computed, effect, signal } from '@preact/signals';
import { ask, type Outcome } from './ask.ts';
import { chatBody } from './chat-body.ts';
import { firstSettings, readSettings, type SettingsDraft } from './settings-draft.ts';
import { type ToolCall, type Turn } from './turn.ts';
import { lookWho } from '../session/sign-in-out.ts';
import { who } from '../session/who.ts';

/** A turn of the conversation; of an answer, how it came. */
export interface Entry {
  readonly id: number;
  readonly turn: Turn;
  readonly outcome?: Outcome;
}

/** They outlive the page: who comes back to it finds the conversation. */
export const draft = signal<SettingsDraft>(firstSettings);
export const entries = signal<readonly Entry[]>([]);
export const written = signal('');
/** What is under way, or failed last. */
export const current = signal<Outcome>();

export const read = computed(() => readSettings(draft.value));
export const running = computed(() => current.value?.state === 'running');

/** The calls that wait for what the functions answer. */
export const waitingCalls = computed((): readonly ToolCall[] => {
  const last = entries.value.at(-1)?.turn;
  return last?.role === 'assistant' && !running.value ? last.calls : [];
});

/** What the next request would be. */
export const nextBody = computed(() => {
  const turns = entries.value.map(({ turn }) => turn);
  const next = written.value.trim() === '' && turns.length === 0 ? 'Hello!' : written.value;
  return chatBody(read.value.settings, next.trim() === '' ? turns : [...turns, { role: 'user', text: next }]);
});

let ids = 0;
let aborter: AbortController | undefined;

export function change(more: Partial<SettingsDraft>): void {
  draft.value = { ...draft.value, ...more };
}

export function send(): void {
  if (written.value.trim() === '') return;
  add({ role: 'user', text: written.value });
  written.value = '';
  again();
}

/** Gives the functions' answers, and lets the model go on. */
export function answerCalls(results: Readonly<Record<string, string>>): void {
  for (const { id } of waitingCalls.value) add({ role: 'tool', callId: id, text: results[id] ?? '' });
  again();
}

export function stop(): void {
  aborter?.abort();
}

/** Asks for an answer to the conversation as it stands. */
export function again(): void {
  aborter?.abort();
  const own = (aborter = new AbortController());
  const body = chatBody(
    read.value.settings,
    entries.value.map(({ turn }) => turn),
  );
  void ask(body, own.signal, (outcome) => {
    if (aborter !== own) return;
    current.value = outcome;
    // Signed out meanwhile: the page of the sign-in comes.
    if (outcome.fault?.status === 401) void lookWho();
    if (outcome.state === 'done' || (outcome.state === 'stopped' && outcome.answer.text !== '')) keep(outcome);
    else if (outcome.state === 'stopped') current.value = undefined;
  });
}

/** Only what follows from nothing that was cut is kept: a call that is half there is none. */
function keep(outcome: Outcome): void {
  const { text, calls } = outcome.answer;
  current.value = undefined;
  add({ role: 'assistant', text, calls: outcome.state === 'done' ? calls : [] }, outcome);
}

export function edit(id: number, text: string): void {
  entries.value = entries.value.map((entry) => (entry.id === id ? { ...entry, turn: { ...entry.turn, text } } : entry));
}

/** Takes away a turn, and all that followed from it. The results of one answer's calls go together. */
export function cutAt(id: number): void {
  let at = indexOf(id);
  while (at > 0 && entries.value[at]?.turn.role === 'tool' && entries.value[at - 1]?.turn.role === 'tool') at -= 1;
  cut(at);
}

/** Takes away what followed from a turn, and asks for it anew. */
export function againAfter(id: number): void {
  cut(indexOf(id) + 1);
  again();
}

function indexOf(id: number): number {
  return entries.value.findIndex((entry) => entry.id === id);
}

function cut(at: number): void {
  stop();
  current.value = undefined;
  entries.value = entries.value.slice(0, at);
}

export function clear(): void {
  stop();
  aborter = undefined;
  current.value = undefined;
  entries.value = [];
}

function add(turn: Turn, outcome?: Outcome): void {
  entries.value = [...entries.value, { id: ++ids, turn, ...(outcome && { outcome }) }];
}

// What was said is for whoever was signed in.
effect(() => {
  if (who.value.state === 'signed-in') return;
  clear();
  written.value = '';
  draft.value = firstSettings;
});
