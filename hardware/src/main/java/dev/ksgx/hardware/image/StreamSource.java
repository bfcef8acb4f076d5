package dev.ksgx.hardware.image;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * The bytes of a stream, unpacked if they are gzip. Damage to the packing is reported as {@link
 * ImageFormatException}, and so are bytes behind it, which the JDK's reader passes over in silence.
 */
final class StreamSource extends InputStream {
  private static final int MAGIC = 0x8b1f;
  private static final int TRAILER = 8;
  private static final int PACKED_BUFFER = 64 * 1024;

  private final InputStream in;
  private final String where;

  private StreamSource(InputStream in, String where) {
    this.in = in;
    this.where = where;
  }

  static StreamSource open(InputStream raw, String where) throws IOException {
    PushbackInputStream peekable = new PushbackInputStream(raw, 2);
    byte[] start = peekable.readNBytes(2);
    peekable.unread(start);
    boolean packed = start.length == 2 && ((start[0] & 0xff) | (start[1] & 0xff) << 8) == MAGIC;
    try {
      return new StreamSource(packed ? new OneMember(new Counting(peekable)) : peekable, where);
    } catch (EOFException | ZipException e) {
      throw damaged(where, e);
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] b, int off, int len) throws IOException {
    try {
      return in.read(b, off, len);
    } catch (EOFException | ZipException e) {
      throw damaged(where, e);
    }
  }

  /** To be called at the end of the stream. */
  void requireEnd() throws IOException {
    if (in instanceof OneMember member && member.bytesBehind() != 0) {
      throw new ImageFormatException(
          where, member.bytesBehind() + " bytes behind the gzip data; expected its end");
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }

  private static ImageFormatException damaged(String where, IOException cause) {
    String problem = cause instanceof EOFException ? "ends too early" : "is damaged";
    return new ImageFormatException(where, "gzip data " + problem + "; expected a whole gzip file");
  }

  /** Knows how much of the file its gzip member takes. */
  private static final class OneMember extends GZIPInputStream {
    private final Counting file;
    private final long header;

    OneMember(Counting file) throws IOException {
      super(file, PACKED_BUFFER);
      this.file = file;
      this.header = file.count;
    }

    long bytesBehind() throws IOException {
      file.transferTo(OutputStream.nullOutputStream());
      return file.count - header - inf.getBytesRead() - TRAILER;
    }
  }

  private static final class Counting extends FilterInputStream {
    private long count;

    Counting(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int b = in.read();
      count += b < 0 ? 0 : 1;
      return b;
    }

    @Override
    public int read(byte[] b, int off, int len) throws IOException {
      int n = in.read(b, off, len);
      count += Math.max(n, 0);
      return n;
    }
  }
}
