using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Requests;

public sealed class RequestRunTests
{
    [Test]
    public async Task RunThatCannotBeMade_FreesItsRequest()
    {
        using Model model = Engine.Core.ReadModel(Path.Combine(Repo.Model("dummy"), "1", "dummy.xml"));
        using CompiledModel compiled = Engine.Compile(model);
        InferRequest request = compiled.CreateInferRequest();
        using RequestRun first = new(request, canBeCancelled: true);

        // A request takes one callback in its life.
        await Assert.That(() => new RequestRun(request, canBeCancelled: true)).Throws<InvalidOperationException>();
        await Assert.That(() => request.TryInfer()).Throws<ObjectDisposedException>();
    }
}
