import { CustomInput, inputOf } from '../custom-tools/custom-input.js';
import { type GivenTool } from './tool-table.js';

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

export interface OutputText {
  readonly type: 'output_text';
  readonly text: string;
  readonly annotations: readonly [];
  readonly logprobs: readonly [];
}

/** One item of an answer. */
export type OutputItem =
  | { readonly id: string; readonly type: 'message'; readonly status: ItemStatus; readonly role: 'assistant'; readonly content: readonly OutputText[] }
  | {
      readonly id: string;
      readonly type: 'reasoning';
      readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[];
      readonly encrypted_content?: string;
    }
  | {
      readonly id: string;
      readonly type: 'function_call';
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly arguments: string;
    }
  | {
      readonly id: string;
      readonly type: 'custom_tool_call';
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly name: string;
      readonly namespace?: string;
      readonly input: string;
    };

/** Where an item stands: in which answer, and at which place of its output. */
export interface ItemPlace {
  /** `resp_` and 32 digits. */
  readonly response: string;
  readonly index: number;
}

/** An id of an item, which tells where it stands: a client may refer to it by nothing else. */
export function itemId(prefix: 'msg' | 'rs' | 'fc' | 'ctc', { response, index }: ItemPlace): string {
  return `${prefix}_${response.slice('resp_'.length)}${index}`;
}

/** Undefined for an id that is none of ours. */
export function placeOf(id: string): ItemPlace | undefined {
  const [, response, index] = /^(?:msg|rs|fc|ctc)_([0-9a-f]{32})(\d{1,6})$/.exec(id) ?? [];
  return response === undefined ? undefined : { response: `resp_${response}`, index: Number(index) };
}

export function textPart(text: string): OutputText {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}

export function messageItem(id: string, text: string | undefined, status: ItemStatus): OutputItem {
  return { id, type: 'message', status, role: 'assistant', content: text === undefined ? [] : [textPart(text)] };
}

export function reasoningItem(id: string, text: string, signature: string | undefined): OutputItem {
  return { id, type: 'reasoning', summary: text === '' ? [] : [{ type: 'summary_text', text }], ...(signature === undefined ? {} : { encrypted_content: signature }) };
}

export interface Call {
  readonly callId: string;
  readonly json: string;
}

/** A call as the client knows its tool. */
export function callItem(id: string, { callId, json }: Call, { kind, name, namespace }: GivenTool, status: ItemStatus): OutputItem {
  const called = { status, call_id: callId, name, ...(namespace === undefined ? {} : { namespace }) };
  if (kind === 'function') return { id, type: 'function_call', ...called, arguments: json };
  return { id, type: 'custom_tool_call', ...called, input: status === 'completed' ? inputOf(json) : new CustomInput().push(json) };
}
