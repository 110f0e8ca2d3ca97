"""Muon for the matrices (Jordan et al. 2024): momentum, orthogonalised by five Newton-Schulz steps."""

import torch


class Muon(torch.optim.Optimizer):
    def __init__(self, parameters, lr=0.02, momentum=0.95, decay=0.01):
        super().__init__(parameters, {"lr": lr, "momentum": momentum, "decay": decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                average = self.state[parameter].setdefault("b", torch.zeros_like(parameter))
                average.lerp_(parameter.grad, 1 - group["momentum"])
                update = orthogonal(parameter.grad.lerp(average, group["momentum"]))
                parameter.mul_(1 - group["lr"] * group["decay"])
                scale = max(1, parameter.shape[0] / parameter.shape[1]) ** 0.5
                parameter.add_(update, alpha=-group["lr"] * scale)


def orthogonal(matrix, steps=5):
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(steps):
        a = x @ x.T
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * a @ a) @ x
    return (x.T if tall else x).float()


def optimisers(net, muon=0.02, adam=4e-3, decay=0.01):
    matrices = [p for block in net.blocks for p in block.parameters() if p.ndim == 2]
    others = [p for name, p in net.named_parameters() if p.ndim == 1 or name.startswith("emb")]
    return [
        Muon(matrices, muon, decay=decay),
        torch.optim.AdamW(others, adam, betas=(0.9, 0.95), weight_decay=0.0),
    ]
