import { Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import {
  ApiBadRequestResponse,
  ApiBody,
  ApiConsumes,
  ApiNotFoundResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiPayloadTooLargeResponse,
  ApiProduces,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import { contentHeaders } from './content-headers.js';
import { encodeFile, type FileObject } from './file-object.js';
import { ttlOfUpload } from './file-terms.js';
import { ServerSettings } from '../../config/server-settings.js';
import { FilesService } from '../../files/files.service.js';
import { purposes } from '../../files/stored-file.js';
import { RequiresScope } from '../../http/access.decorator.js';
import { FormBody } from '../../http/form-body.js';
import { type GatewayReply, type GatewayRequest } from '../../http/gateway-request.js';
import { receiveForm } from '../../http/receive-form.js';
import { writeText } from '../../http/text-reply.js';
import { ApiAnswer } from '../../http/documentation/documented.js';
import { type ListPage, listPage } from '../list-page.js';
import { numberOf, textOf, wordOf } from '../../http/query.js';

const example = {
  id: 'file-0b0c6a519d7a4c8abb0f5f0f6c1f1a11',
  object: 'file',
  bytes: 1534,
  created_at: 1790000000,
  expires_at: 1792592000,
  filename: 'requests.jsonl',
  purpose: 'batch',
  status: 'processed',
  status_details: null,
};
const LINE = JSON.stringify({ custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: { model: 'demo', messages: [{ role: 'user', content: 'Hello there' }] } });
const MAX_FILES = 10_000;

@ApiTags('files')
@Controller('v1/files')
@RequiresScope('completions')
export class FilesController {
  constructor(
    private readonly files: FilesService,
    private readonly settings: ServerSettings,
  ) {}

  @Post()
  @HttpCode(200)
  @FormBody()
  @ApiOperation({
    operationId: 'createFile',
    summary: 'Upload a file',
    description: 'JSON Lines in UTF-8, each line a request of a batch (`POST /v1/batches`). Kept for `SHELLM_RETENTION_DAYS`, or for `expires_after[seconds]`.',
  })
  @ApiConsumes('multipart/form-data')
  @ApiBody({
    schema: {
      type: 'object',
      required: ['purpose', 'file'],
      properties: {
        purpose: { type: 'string', enum: ['batch'], description: 'Files are kept for the requests of batches alone.', example: 'batch' },
        file: {
          type: 'string',
          format: 'binary',
          description: `Lines such as \`${LINE}\``,
        },
        'expires_after[anchor]': { type: 'string', enum: ['created_at'], description: 'From when it is counted.' },
        'expires_after[seconds]': { type: 'integer', minimum: 3600, maximum: 2_592_000, description: 'How long it is kept.' },
      },
    },
  })
  @ApiAnswer({ description: 'The file.', schema: 'File', example })
  @ApiBadRequestResponse({ description: '`invalid_parameter`: no file, more than one, another purpose, no UTF-8' })
  @ApiPayloadTooLargeResponse({ description: '`payload_too_large`: over `SHELLM_AGENT_BODY_LIMIT`, or the client’s files have no more room (`SHELLM_CLIENT_STORE_MB`)' })
  async create(@Req() request: GatewayRequest): Promise<FileObject> {
    const { file, fields } = await receiveForm(request, ({ filename, contents }) => this.files.receive(request.client.id, filename, contents));
    try {
      return encodeFile(await file.keep(ttlOfUpload(fields)));
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  @Get()
  @ApiOperation({ operationId: 'listFiles', summary: 'Files', description: "The caller's own, those of batches' results too." })
  @ApiQuery({ name: 'purpose', required: false, enum: ['batch', 'batch_output'], description: '`batch`: input; `batch_output`: results.' })
  @ApiQuery({ name: 'limit', required: false, schema: { type: 'integer', minimum: 1, maximum: MAX_FILES, default: MAX_FILES }, description: 'How many at most.' })
  @ApiQuery({ name: 'order', required: false, enum: ['asc', 'desc'], description: '`desc`: the newest first.' })
  @ApiQuery({ name: 'after', required: false, schema: { type: 'string' }, description: 'The id of the file behind which the page begins.' })
  @ApiAnswer({ description: 'A page of files.', schema: 'FileList', example: listPage([example], 1) })
  async list(
    @Query('purpose') purpose: unknown,
    @Query('limit') limitGiven: unknown,
    @Query('order') order: unknown,
    @Query('after') after: unknown,
    @Req() { client }: GatewayRequest,
  ): Promise<ListPage<FileObject>> {
    const limit = numberOf('limit', limitGiven, { min: 1, max: MAX_FILES }) ?? MAX_FILES;
    const page = {
      purpose: wordOf('purpose', purpose, purposes),
      limit,
      order: wordOf('order', order, ['asc', 'desc']) ?? 'desc',
      after: textOf('after', after),
    };
    return listPage((await this.files.list(client.id, page)).map(encodeFile), limit);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getFile', summary: 'One file', description: 'What is known of it, without its contents.' })
  @ApiParam({ name: 'id', description: 'The id of the file.', example: example.id })
  @ApiAnswer({ description: 'The file.', schema: 'File', example })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, deleted, over its time, or another client’s' })
  async find(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<FileObject> {
    return encodeFile(await this.files.find(id, client.id));
  }

  @Get(':id/content')
  @ApiOperation({ operationId: 'getFileContent', summary: 'What is in a file', description: 'As it was uploaded; of results, one line a request.' })
  @ApiParam({ name: 'id', description: 'The id of the file.', example: example.id })
  @ApiProduces('application/jsonl')
  @ApiOkResponse({ description: 'Lines of JSON.', content: { 'application/jsonl': { schema: { type: 'string', format: 'binary' }, example: `${LINE}\n` } } })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, deleted, over its time, or another client’s' })
  async content(@Param('id') id: string, @Req() { client }: GatewayRequest, @Res() reply: GatewayReply): Promise<void> {
    const file = await this.files.find(id, client.id);
    await writeText(reply, { headers: contentHeaders(file), pieces: this.files.text(id), stallMs: this.settings.requestTimeoutMs });
  }

  @Delete(':id')
  @ApiOperation({ operationId: 'deleteFile', summary: 'Delete a file', description: 'A batch that runs goes on with its input.' })
  @ApiParam({ name: 'id', description: 'The id of the file.', example: example.id })
  @ApiAnswer({ description: 'It is gone.', schema: 'DeletedFile', example: { id: example.id, object: 'file', deleted: true } })
  @ApiNotFoundResponse({ description: '`not_found`: unknown, deleted, over its time, or another client’s' })
  async remove(@Param('id') id: string, @Req() { client }: GatewayRequest): Promise<{ id: string; object: 'file'; deleted: true }> {
    await this.files.remove(id, client.id);
    return { id, object: 'file', deleted: true };
  }
}
