/** Addresses of Parquet files, as people paste them. */
import { fail } from '../../failure.ts';

/** Where the files of the set lie, for whoever pastes the set's address. */
const SET_PAGE = 'https://huggingface.co/datasets/google/code_x_glue_cc_code_completion_token';
const SET_FILES = ['train-00000-of-00002', 'train-00001-of-00002', 'test-00000-of-00001'];

/** An address's path with escapes decoded: `refs%2Fconvert%2Fparquet` are folders. */
export function pathOfUrl(url: string): string {
  const { pathname } = new URL(url);
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname; // a lone per cent sign is part of a name
  }
}

/**
 * Addresses of Parquet files in what a person pasted: addresses of files, of their pages on Hugging Face, or of the set's
 * own page, separated by white space or commas.
 * @throws LabError `bad-input` where one is none
 */
export function parquetUrls(text: string): string[] {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const urls = words.flatMap((word) => {
    const plain = word.replace(/[?#].*$/, '').replace(/\/+$/, '');
    if (plain === SET_PAGE || plain === `${SET_PAGE}/tree/main/python`) {
      return SET_FILES.map((file) => `${SET_PAGE}/resolve/main/python/${file}.parquet`);
    }
    return [word.replace(/^(https:\/\/huggingface\.co\/datasets\/.+?)\/blob\//, '$1/resolve/')];
  });
  const page = urls.find((url) => /^https:\/\/huggingface\.co\/datasets\/[^?#]+\/tree\//.test(url));
  if (page !== undefined) {
    fail(
      'bad-input',
      `${page} is the page of a folder, not the URL of a Parquet file.`,
      'Open that folder and paste the URL of each file in it.',
    );
  }
  const wrong = urls.find((url) => !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol));
  if (wrong !== undefined || urls.length === 0) {
    fail(
      'bad-input',
      `${wrong ?? 'The field'} is not the URL of a Parquet file.`,
      `Paste a URL that begins with https://, or ${SET_PAGE}.`,
    );
  }
  return [...new Set(urls)];
}
