namespace Ovms.Bench.Language;

/// <summary>
/// Counts the events of a streamed answer while its bytes arrive. It looks for the server's own texts and is no parser: the measurement
/// shares the machine with the server.
/// </summary>
internal struct EventScan
{
    private int _at;
    private bool _hasFailed;

    /// <summary>Events with text that were seen.</summary>
    public int Events { get; private set; }

    /// <summary>Whether the answer has ended, or will not come.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether it ended as an answer does.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Looks at what has arrived.</summary>
    /// <param name="received">The answer from its beginning.</param>
    /// <returns>Number of events with text that are new.</returns>
    public int Read(ReadOnlySpan<byte> received)
    {
        int news = 0;

        // An event ends with an empty line; what lies between are the heads of chunks.
        for (int end = received[_at..].IndexOf("}\n\n"u8); end >= 0; end = received[_at..].IndexOf("}\n\n"u8))
        {
            ReadOnlySpan<byte> one = received.Slice(_at, end);
            _at += end + 3;

            // In texts the quotes are escaped, so that none looks like this.
            _hasFailed |= one.IndexOf("data: {\"error\":"u8) >= 0;
            if (one.IndexOf("\"text\":\"\""u8) < 0 && one.IndexOf("\"text\":"u8) >= 0)
            {
                news++;
                Events++;
            }
        }

        bool isRefused = received.Length > 12 && !received.StartsWith("HTTP/1.1 200"u8);
        IsWhole = !isRefused && received.EndsWith("data: [DONE]\n\n\r\n0\r\n\r\n"u8) && !_hasFailed;
        HasEnded = isRefused || received.EndsWith("\r\n0\r\n\r\n"u8);
        return news;
    }
}
