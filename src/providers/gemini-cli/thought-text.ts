import { fieldsOf, textOf } from '../../kernel/read-value.js';
import { type SessionUpdate } from '../../acp/session-update.js';

/** The CLI cuts each piece of its vendor's thoughts into `**subject**` and description; a piece without a subject gets the stars all the same. */
const NO_SUBJECT = '****\n';

/** The thoughts of one answer, each a paragraph, as the vendor wrote them. */
export class ThoughtText {
  #begun = false;

  /** The update, or what it says where it is a thought. */
  tidy(update: SessionUpdate): SessionUpdate {
    const text = update.sessionUpdate === 'agent_thought_chunk' ? textOf(fieldsOf(update['content'])['text']) : undefined;
    return text === undefined ? update : { ...update, content: { type: 'text', text: this.#next(text) } };
  }

  #next(text: string): string {
    const words = text.startsWith(NO_SUBJECT) ? text.slice(NO_SUBJECT.length) : text;
    if (words.trim() === '') return '';
    const apart = this.#begun ? (words === text ? '\n\n' : '\n') : '';
    this.#begun = true;
    return `${apart}${words}`;
  }
}
