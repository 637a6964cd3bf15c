using System.Runtime.InteropServices;
using Ovms.Devices;
using Ovms.Native;
using Ovms.Serving.Requests;
using Ovms.Tests.Setup;

namespace Ovms.Tests.Serving.Requests;

public sealed class OutputMemoryTests
{
    [Test]
    public async Task OutputsThatCannotAllBeExchanged_StayAsTheyAre()
    {
        using TemporaryFolder folder = new();
        using CompiledModel compiled = TwoOutputs(folder);
        OutputMemory memory = new(compiled, isDynamic: false, TargetDevice.Cpu);
        await Assert.That(memory.AreFixed).IsTrue();
        using InferRequest request = memory.CreateRequest();
        using Tensor y = request.GetOutput(0);
        using Tensor z = request.GetOutput(1);

        List<Tensor> made = [];
        Tensor Allocate(ElementType type, long[] shape)
        {
            if (made.Count == 1)
            {
                throw new InsufficientMemoryException("There is no memory for the second one.");
            }

            made.Add(Tensor.Allocate(type, shape));
            return made[0];
        }

        await Assert.That(() => memory.GiveOutputs(request, Allocate)).Throws<InsufficientMemoryException>();

        // The tensor that was made is freed, and the request still writes where its holder reads.
        await Assert.That(() => made[0].GetShape()).Throws<ObjectDisposedException>();
        await InferAsync(request, 3);
        await Assert.That((First(y), First(z))).IsEqualTo((3f, 3f));

        memory.GiveOutputs(request);
        await InferAsync(request, 5);
        await Assert.That((First(y), First(z))).IsEqualTo((3f, 3f));
        using Tensor other = request.GetOutput(1);
        await Assert.That(First(other)).IsEqualTo(5f);
    }

    private static float First(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.Bytes)[0];

    private static async Task InferAsync(InferRequest request, float value)
    {
        using Tensor input = Engine.Filled<float>(ElementType.F32, [1, 4], [value, value, value, value]);
        request.SetInput(0, input);
        await Assert.That(request.TryInfer()).IsEqualTo(OvStatus.Ok);
    }

    // Of other shapes than the input, so that neither can share its memory.
    private static CompiledModel TwoOutputs(TemporaryFolder folder)
    {
        TinyIr ir = new();
        int positive = ir.Layer("ReLU", "1,4", [ir.Parameter("x", "1,4")]);
        ir.Result(ir.Layer("Unsqueeze", "1,1,4", [positive, ir.Numbers(1)]), "y");
        ir.Result(ir.Layer("Unsqueeze", "1,4,1", [positive, ir.Numbers(2)]), "z");
        using Model model = Engine.Core.ReadModel(ir.WriteTo(folder.Path));
        return Engine.Compile(model);
    }
}
