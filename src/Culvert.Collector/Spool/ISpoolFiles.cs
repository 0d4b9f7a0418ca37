namespace Culvert.Collector.Spool;

/// <summary>The folder of a spool, as little of a file system as it needs: the seam at which tests crash it.</summary>
internal interface ISpoolFiles
{
    /// <summary>For messages.</summary>
    string Folder { get; }

    /// <summary>Bytes that this user can still write.</summary>
    long FreeBytes { get; }

    /// <summary>All files with their lengths in bytes.</summary>
    IReadOnlyList<(string Name, long Bytes)> List();

    /// <summary>Opens a file for reading and writing, made when it is not there.</summary>
    ISpoolFile OpenWrite(string name);

    /// <summary>Opens a file for reading; throws <see cref="FileNotFoundException"/> when it is not there.</summary>
    ISpoolFile OpenRead(string name);

    void Delete(string name);

    /// <summary>Makes creations and deletions durable.</summary>
    void FlushFolder();
}

/// <summary>An open file. Reads may overlap with one writer.</summary>
internal interface ISpoolFile : IDisposable
{
    long Length { get; }

    void Write(long offset, ReadOnlySpan<byte> bytes);

    /// <summary>Reads until the buffer is full or the file ends; returns how many bytes.</summary>
    int Read(long offset, Span<byte> buffer);

    void SetLength(long length);

    /// <summary>Makes the content and length durable. When it throws, nothing may be assumed of what was written since
    /// the last time: the kernel may have dropped it and will not say so twice.</summary>
    void Flush();
}
