import { type ContentBlock } from '@agentclientprotocol/sdk';
import { literalText } from './literal-text.js';
import { type Piece, transcriptOf } from './transcript.js';
import { type CompletionRequest, type FunctionTool } from '../../kernel/completion-request.js';
import { GatewayError } from '../../kernel/gateway-error.js';
import { answeredCount, type Message } from '../../kernel/message.js';
import { refuseUnsupported } from '../cli-parameters.js';
import { offeredTools, toolInstruction } from '../tool-choice.js';

/** A request as an agent takes it. */
export interface PromptScript {
  /** The system texts; undefined where there are none. */
  readonly system: string | undefined;
  /** The turns up to the last answer, for a session that does not know them. */
  readonly history: readonly ContentBlock[];
  /** The new turn. */
  readonly turn: readonly ContentBlock[];
  /** Of all texts together, for the estimate of their tokens. */
  readonly characters: number;
  /** The functions that are offered. */
  readonly tools: readonly FunctionTool[];
}

/** What an agent can take. */
export interface PromptLimits {
  /** Names it in errors. */
  readonly label: string;
  readonly images: boolean;
}

/** @throws GatewayError for what the agent cannot take, naming the part */
export function encodePrompt(request: CompletionRequest, limits: PromptLimits): PromptScript {
  refuseUnsupported(limits.label, request);
  const begin = answeredCount(request.messages);
  const earlier = request.messages.slice(0, begin);
  const system = [...request.system, toolInstruction(request) ?? ''].filter((text) => text.trim() !== '').join('\n\n');
  const history = earlier.length === 0 ? [] : blocksOf(['The conversation so far:\n\n', ...transcriptOf(earlier), 'The next message of the user follows.'], limits);
  const turn = request.messages.slice(begin).flatMap((message) => blocksOf(piecesOf(message), limits));
  if (turn.length === 0) throw new GatewayError('invalid_parameter', 'The last message has no content to answer.', { param: 'messages' });
  return { system: system === '' ? undefined : system, history, turn, characters: system.length + charactersOf(history) + charactersOf(turn), tools: offeredTools(request) };
}

/** System texts for an agent that takes none apart. */
export function systemBlock(system: string): ContentBlock {
  return { type: 'text', text: literalText(`Instructions for this conversation:\n\n${system}`) };
}

function piecesOf(message: Message): Piece[] {
  if (message.role !== 'user') return transcriptOf([message]);
  return message.content.map((part) => (part.type === 'text' ? part.text : part));
}

/** Texts in a row are one block; blank ones are left out. */
function blocksOf(pieces: readonly Piece[], limits: PromptLimits): ContentBlock[] {
  const blocks: ContentBlock[] = [];
  let text = '';
  const flush = (): void => {
    if (text.trim() !== '') blocks.push({ type: 'text', text: literalText(text) });
    text = '';
  };
  for (const piece of pieces) {
    if (typeof piece === 'string') {
      text += piece;
      continue;
    }
    flush();
    blocks.push(blockOf(piece, limits));
  }
  flush();
  return blocks;
}

function blockOf(part: Exclude<Piece, string>, { label, images }: PromptLimits): ContentBlock {
  if (part.type === 'image' && images) return { type: 'image', mimeType: part.mediaType, data: part.data };
  const message =
    part.type === 'image-url' ? `${label} takes images as data: URLs only.` : part.type === 'image' ? `${label} takes no images.` : `${label} takes no ${part.type} parts.`;
  throw new GatewayError('unsupported_parameter', message, { param: part.param });
}

function charactersOf(blocks: readonly ContentBlock[]): number {
  return blocks.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0);
}
