import { Module } from '@nestjs/common';
import { FilesService } from './files.service.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [StorageModule], providers: [FilesService], exports: [FilesService] })
export class FilesModule {}
