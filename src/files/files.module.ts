import { Module } from '@nestjs/common';
import { FileSettings } from './file-settings.js';
import { FilesService } from './files.service.js';
import { provideSettings } from '../config/settings.js';
import { StorageModule } from '../storage/storage.module.js';

@Module({ imports: [StorageModule], providers: [provideSettings(FileSettings), FilesService], exports: [FilesService] })
export class FilesModule {}
