using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Ovms.Tests.Frontends.Rest.OpenAi;

/// <summary>The body of a response that a test reads from a pipe.</summary>
internal sealed class ResponsePipe(PipeWriter writer) : IHttpResponseBodyFeature
{
    public Stream Stream => writer.AsStream();

    public PipeWriter Writer => writer;

    /// <summary>A call whose response goes into a pipe.</summary>
    public static HttpContext ContextOf(Pipe pipe)
    {
        DefaultHttpContext context = new();
        context.Features.Set<IHttpResponseBodyFeature>(new ResponsePipe(pipe.Writer));
        return context;
    }

    public Task CompleteAsync() => Task.CompletedTask;

    public void DisableBuffering()
    {
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public Task StartAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;
}
