import { Body, Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiNotFoundResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { definition, listExample, newExample, wholeExample } from './conversation-examples.js';
import { type ConversationEntry, type ConversationObject, encodeConversation, encodeEntry, encodeWhole } from './conversation-object.js';
import { ConversationService } from '../../conversations/conversation.service.js';
import { ServerSettings } from '../../config/server-settings.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { writeBody } from '../../http/json-reply.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { type ListPage, listPage } from '../list-page.js';
import { numberOf, textOf } from '../../http/query.js';

/** Histories that the gateway keeps, for `conversation_id` of a completion. */
@ApiTags('conversations')
@Controller('conversations')
@RequiresScope('completions')
export class ConversationsController {
  constructor(
    private readonly conversations: ConversationService,
    private readonly settings: ServerSettings,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'createConversation',
    summary: 'Begin a conversation',
    description:
      "A completion with its id in `conversation_id` is its next turn: the client sends its new messages alone, and the answer is added. Any provider can serve any turn. `metadata` is up to 16 pairs of the client's own. It is kept until nobody has used it for `SHELLM_RETENTION_DAYS`.",
  })
  @ApiBody({
    required: false,
    schema: {
      type: 'object',
      properties: {
        system: { type: 'string', description: 'The system text of all its turns.' },
        metadata: { type: 'object', additionalProperties: { type: 'string' }, description: 'Up to 16 pairs.' },
      },
    },
    examples: { 'with a system text': { value: definition }, 'with nothing': { value: {} } },
  })
  @ApiAnswer({ status: 201, description: 'The conversation, in which nothing was said.', schema: 'Conversation', example: newExample })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  async begin(@Body() body: unknown, @Req() { client }: GatewayRequest): Promise<ConversationObject> {
    return encodeConversation(await this.conversations.begin(client.id, body));
  }

  @Get()
  @ApiOperation({ operationId: 'listConversations', summary: 'Conversations', description: "The caller's own, those used last first, without what was said." })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, description: 'How many at most.' })
  @ApiQuery({ name: 'after', required: false, type: String, description: 'The id of the one before the first one.' })
  @ApiAnswer({ description: 'A page of conversations.', schema: 'ConversationList', example: listExample })
  async list(@Query('limit') limit: unknown, @Query('after') after: unknown, @Req() { client }: GatewayRequest): Promise<ListPage<ConversationEntry>> {
    const size = numberOf('limit', limit, { min: 1, max: 100 }) ?? 20;
    const found = await this.conversations.list(client.id, { after: textOf('after', after), limit: size + 1 });
    return listPage(found.map(encodeEntry), size);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getConversation', summary: 'A conversation and its messages', description: 'All that was said in it, as messages of a chat completion.' })
  @ApiParam({ name: 'id', description: 'The id of the conversation.', example: newExample.id })
  @ApiAnswer({ description: 'The conversation.', schema: 'ConversationWithMessages', example: wholeExample })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, deleted, or another client’s' })
  async find(@Param('id') id: string, @Req() { client }: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const whole = Buffer.from(JSON.stringify(encodeWhole(await this.conversations.get(id, client.id))));
    writeBody(reply, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } }, whole, this.settings.requestTimeoutMs);
  }

  @Delete(':id')
  @ApiOperation({
    operationId: 'deleteConversation',
    summary: 'Delete a conversation',
    description: 'All that was said in it is erased. A turn that is under way ends as ever, and is not kept.',
  })
  @ApiParam({ name: 'id', description: 'The id of the conversation.', example: newExample.id })
  @ApiAnswer({ description: 'It is gone.', schema: 'DeletedConversation', example: { id: newExample.id, object: 'conversation', deleted: true } })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, deleted, or another client’s' })
  async remove(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<{ id: string; object: 'conversation'; deleted: true }> {
    await this.conversations.remove(id, client.id);
    return { id, object: 'conversation', deleted: true };
  }
}
