import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.js';
import { packageVersion } from '../config/package-version.js';
import { type CompletionRequest } from '../kernel/completion-request.js';
import { type ContentPart, type Message } from '../kernel/message.js';
import { type ModelId } from '../kernel/model-id.js';

/** Whose answer it is, beside what was asked. */
export interface Asker {
  /** The client's id. */
  readonly owner: string;
  /** Whether secrets are taken out of its answers. */
  readonly redacted: boolean;
  /** Who answers. */
  readonly id: ModelId;
}

/** Names the answer to a request: SHA-256, in base64url. Requests that mean the same have the same name, in whatever order their fields came; no two owners share one. */
export function requestKey(request: CompletionRequest, { owner, redacted, id }: Asker): string {
  const { messages, ...rest } = request;
  // What another version kept may have been cleaned by other rules.
  const meaning = [packageVersion, owner, redacted, id.provider, id.model, rest, messages.map(withoutPlaces)];
  return hash('sha256', canonicalJson(meaning), 'base64url');
}

/** Where in its body a client wrote a part changes nothing. */
function withoutPlaces(message: Message): object {
  return message.role === 'assistant' ? message : { ...message, content: message.content.map(withoutPlace) };
}

function withoutPlace(part: ContentPart): object {
  return { ...part, param: undefined };
}
