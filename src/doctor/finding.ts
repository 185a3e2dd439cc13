/** `ok`; `note`: worth knowing; `warning`: it works, but somebody should look; `fault`: it does not. */
export type State = 'ok' | 'note' | 'warning' | 'fault';

/** What a check found: paths too, no secret and no account data. */
export interface Finding {
  readonly state: State;
  readonly detail: string;
  /** What mends it: one command, or what to change. */
  readonly fix?: string;
  /** What of several it is about: a variable, a provider. */
  readonly about?: string;
}

export function ok(detail: string): Finding {
  return { state: 'ok', detail };
}

export function note(detail: string, fix?: string): Finding {
  return found('note', detail, fix);
}

export function warning(detail: string, fix?: string): Finding {
  return found('warning', detail, fix);
}

export function fault(detail: string, fix?: string): Finding {
  return found('fault', detail, fix);
}

function found(state: State, detail: string, fix: string | undefined): Finding {
  return { state, detail, ...(fix !== undefined && { fix }) };
}
