import { Body, Controller, Delete, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiCreatedResponse, ApiNotFoundResponse, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { definition, listExample, newExample, wholeExample } from './conversation-examples.js';
import { type ConversationEntry, type ConversationObject, encodeConversation, encodeEntry, encodeWhole } from './conversation-object.js';
import { ConversationService } from '../../conversations/conversation.service.js';
import { ServerSettings } from '../../config/server-settings.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { writeBody } from '../../http/json-reply.js';
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
    summary: 'Begin a conversation',
    description:
      "A completion with its id in `conversation_id` is its next turn: the client sends its new messages alone, and the answer is added. Any provider can serve any turn. `metadata` is up to 16 pairs of the client's own. It is kept until nobody has used it for `SHELLM_RETENTION_DAYS`.",
  })
  @ApiBody({
    required: false,
    schema: { type: 'object', properties: { system: { type: 'string' }, metadata: { type: 'object', additionalProperties: { type: 'string' } } }, example: definition },
  })
  @ApiCreatedResponse({ content: { 'application/json': { example: newExample } } })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  async begin(@Body() body: unknown, @Req() { client }: GatewayRequest): Promise<ConversationObject> {
    return encodeConversation(await this.conversations.begin(client.id, body));
  }

  @Get()
  @ApiOperation({ summary: 'Conversations', description: "The caller's own, those used last first, without what was said. `after` is the id of the one before the first one." })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 } })
  @ApiQuery({ name: 'after', required: false, type: String })
  @ApiOkResponse({ content: { 'application/json': { example: listExample } } })
  async list(@Query('limit') limit: unknown, @Query('after') after: unknown, @Req() { client }: GatewayRequest): Promise<ListPage<ConversationEntry>> {
    const size = numberOf('limit', limit, { min: 1, max: 100 }) ?? 20;
    const found = await this.conversations.list(client.id, { after: textOf('after', after), limit: size + 1 });
    return listPage(found.map(encodeEntry), size);
  }

  @Get(':id')
  @ApiOperation({ summary: 'A conversation and its messages' })
  @ApiParam({ name: 'id', example: newExample.id })
  @ApiOkResponse({ content: { 'application/json': { example: wholeExample } } })
  @ApiNotFoundResponse({ description: '`not_found`' })
  async find(@Param('id') id: string, @Req() { client }: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const whole = Buffer.from(JSON.stringify(encodeWhole(await this.conversations.get(id, client.id))));
    writeBody(reply, { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' } }, whole, this.settings.requestTimeoutMs);
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a conversation', description: 'All that was said in it is erased. A turn that is under way ends as ever, and is not kept.' })
  @ApiParam({ name: 'id', example: newExample.id })
  @ApiOkResponse({ content: { 'application/json': { example: { id: newExample.id, object: 'conversation', deleted: true } } } })
  @ApiNotFoundResponse({ description: '`not_found`' })
  async remove(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<{ id: string; object: 'conversation'; deleted: true }> {
    await this.conversations.remove(id, client.id);
    return { id, object: 'conversation', deleted: true };
  }
}
