import { Body, Controller, Delete, Get, Param, Put, Query, Req, Res } from '@nestjs/common';
import { ApiBadRequestResponse, ApiBody, ApiNotFoundResponse, ApiOperation, ApiParam, ApiQuery, ApiTags } from '@nestjs/swagger';
import { definition, entryExample, listExample, templateExample } from './template-examples.js';
import { encodeEntry, encodeTemplate, type TemplateEntry, type TemplateObject } from './template-object.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { text } from '../../http/documentation/json-schema.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { EnvelopePipe } from '../../http/envelope.pipe.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { TemplateService } from '../../templates/template.service.js';
import { numberOf, textOf } from '../../http/query.js';

type Fields = Readonly<Record<string, unknown>>;

const { name: exampleName } = entryExample;

/** Prompts with places for values, for `template` and `variables` of a completion. */
@ApiTags('templates')
@Controller('templates')
@RequiresScope('completions')
export class TemplatesController {
  constructor(private readonly templates: TemplateService) {}

  @Put(':name')
  @ApiOperation({
    operationId: 'putTemplate',
    summary: 'Write a template',
    description:
      '`{{name}}` is a place for a value; all else is text. It belongs to the client that writes it; one that is written with a key of the scope `admin` can be read by all, and stands behind their own of the same name. A completion uses it by `template` and `variables`.',
  })
  @ApiParam({ name: 'name', example: exampleName, description: '1 to 64 of `A-Z a-z 0-9 . _ -`' })
  @ApiBody({
    schema: {
      type: 'object',
      required: ['template'],
      properties: { template: text('The prompt.'), system: text('The system text, where the request has none of its own.'), description: text('What it is for.') },
    },
    examples: { 'a prompt alone': { value: { template: 'Say hello to {{name}}.' } }, 'with a system text': { value: definition } },
  })
  @ApiAnswer({ description: 'It was there, and is written anew.', schema: 'Template', example: templateExample })
  @ApiAnswer({ status: 201, description: 'It is new.', schema: 'Template', example: templateExample })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: `param` names the field' })
  async put(
    @Param('name') name: string,
    @Body(EnvelopePipe) body: Fields,
    @Req() { client }: GatewayRequest,
    @Res({ passthrough: true }) reply: GatewayReply,
  ): Promise<TemplateObject> {
    const { template, created } = await this.templates.put(client, name, body);
    if (created) void reply.status(201);
    return encodeTemplate(template);
  }

  @Get()
  @ApiOperation({ operationId: 'listTemplates', summary: 'Templates', description: "The caller's own, and those that are shared; without their texts, by name." })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, description: 'How many at most.' })
  @ApiQuery({ name: 'after', required: false, type: String, description: 'The name before the first one.' })
  @ApiAnswer({ description: 'A page of templates.', schema: 'TemplateList', example: listExample })
  async list(
    @Query('limit') limit: unknown,
    @Query('after') after: unknown,
    @Req() { client }: GatewayRequest,
  ): Promise<{ object: 'list'; data: TemplateEntry[]; has_more: boolean }> {
    const size = numberOf('limit', limit, { min: 1, max: 100 }) ?? 20;
    const found = await this.templates.list(client, { after: textOf('after', after), limit: size + 1 });
    return { object: 'list', data: found.slice(0, size).map(encodeEntry), has_more: found.length > size };
  }

  @Get(':name')
  @ApiOperation({ operationId: 'getTemplate', summary: 'One template', description: "The caller's own, else the one that is shared." })
  @ApiParam({ name: 'name', description: 'The name of the template.', example: exampleName })
  @ApiAnswer({ description: 'The template.', schema: 'Template', example: templateExample })
  @ApiNotFoundResponse({ description: '`not_found`: there is no such template' })
  async find(@Param('name') name: string, @Req() { client }: GatewayRequest): Promise<TemplateObject> {
    return encodeTemplate(await this.templates.get(client, name));
  }

  @Delete(':name')
  @ApiOperation({ operationId: 'deleteTemplate', summary: 'Delete a template', description: "The caller's own." })
  @ApiParam({ name: 'name', description: 'The name of the template.', example: exampleName })
  @ApiAnswer({ description: 'It is gone.', schema: 'DeletedTemplate', example: { name: exampleName, object: 'template', deleted: true } })
  @ApiNotFoundResponse({ description: "`not_found`, also for a shared one of another client's" })
  async remove(@Param('name') name: string, @Req() { client }: GatewayRequest): Promise<{ name: string; object: 'template'; deleted: true }> {
    await this.templates.remove(client, name);
    return { name, object: 'template', deleted: true };
  }
}
