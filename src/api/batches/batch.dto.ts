import { ApiProperty, ApiPropertyOptional, ApiSchema } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsObject, IsOptional, IsString, ValidateBy } from 'class-validator';
import { type BatchEndpoint, batchEndpoints } from '../../runs/batches/batch.js';

const [MAX_PAIRS, MAX_KEY, MAX_VALUE] = [16, 64, 512];

/** OpenAI's request for a batch. */
@ApiSchema({ name: 'BatchRequest' })
export class BatchDto {
  @ApiProperty({ description: 'A file with the purpose `batch`.', example: 'file-0b0c6a519d7a4c8abb0f5f0f6c1f1a11' })
  @IsNotEmpty({ message: 'must not be empty' })
  @IsString({ message: 'must be a string' })
  input_file_id!: string;

  @ApiProperty({ description: 'Where all requests of the batch go.', enum: batchEndpoints, example: '/v1/chat/completions' })
  @IsIn(batchEndpoints, { message: `must be one of ${batchEndpoints.join(', ')}` })
  endpoint!: BatchEndpoint;

  @ApiProperty({ enum: ['24h'], description: 'How long its requests may take.' })
  @IsIn(['24h'], { message: 'must be "24h"' })
  completion_window!: '24h';

  @ApiPropertyOptional({ type: 'object', additionalProperties: { type: 'string' }, description: `At most ${MAX_PAIRS} texts, for you alone.`, example: { purpose: 'nightly' } })
  @ValidateBy({
    name: 'metadata',
    validator: { validate: isMetadata, defaultMessage: () => `must be an object of at most ${MAX_PAIRS} texts, names up to ${MAX_KEY} characters, values up to ${MAX_VALUE}` },
  })
  @IsOptional()
  metadata?: Readonly<Record<string, string>> | null;

  @ApiPropertyOptional({
    type: 'object',
    properties: { anchor: { type: 'string', enum: ['created_at'] }, seconds: { type: 'integer', minimum: 3600, maximum: 2_592_000 } },
    description: 'How long its output files are kept.',
  })
  @IsObject({ message: 'must be an object' })
  @IsOptional()
  output_expires_after?: { readonly anchor?: unknown; readonly seconds?: unknown } | null;
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const pairs = Object.entries(value) as [string, unknown][];
  return pairs.length <= MAX_PAIRS && pairs.every(([key, text]) => key.length <= MAX_KEY && typeof text === 'string' && text.length <= MAX_VALUE);
}
