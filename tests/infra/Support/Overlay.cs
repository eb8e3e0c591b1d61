using System.Collections.Concurrent;
using k8s;
using k8s.Models;

namespace Gatehouse.Infra.Tests.Support;

/// <summary>One of our overlays, rendered by kubectl and read into Kubernetes' types, which know no field but their own.</summary>
internal sealed class Overlay
{
    private static readonly ConcurrentDictionary<string, Task<Overlay>> Rendered = new();

    private readonly List<object> _objects;

    private Overlay(List<object> objects) => _objects = objects;

    public static IEnumerable<string> Names => ["one-node", "production"];

    public IEnumerable<V1PodTemplateSpec> Pods =>
        Of<V1Deployment>().Select(it => it.Spec.Template).Concat(Of<V1StatefulSet>().Select(it => it.Spec.Template));

    /// <summary>Those whose image is ours.</summary>
    public IEnumerable<V1PodTemplateSpec> OurPods => Of<V1Deployment>().Select(it => it.Spec.Template);

    /// <summary>One of ours, once for all tests.</summary>
    public static Task<Overlay> Get(string name)
    {
        var kubectl = Tool.Find("GATEHOUSE_KUBECTL");
        return Rendered.GetOrAdd(name, it => Render(kubectl, $"infra/kubernetes/{it}"));
    }

    public static async Task<Overlay> Render(string kubectl, string folder) =>
        Parse(await Tool.Run(kubectl, "kustomize", folder));

    public static Overlay Parse(string yaml) => new(KubernetesYaml.LoadAllFromString(yaml, strict: true));

    public IEnumerable<T> Of<T>() => _objects.OfType<T>();

    /// <summary>The pods that a selector chooses.</summary>
    public IEnumerable<V1PodTemplateSpec> Chosen(IDictionary<string, string>? labels) =>
        Pods.Where(pod => labels is null || labels.All(label => pod.Metadata.Labels.Contains(label)));
}
